package org.bptt4j;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.bptt4j.data.Batch;
import org.bptt4j.data.BatchSource;

/** The same batches every epoch. */
final class Batches implements BatchSource {
    final List<Long> started = new ArrayList<>();
    private final List<Batch> batches;
    private Iterator<Batch> next;

    Batches(List<Batch> batches) {
        this.batches = batches;
    }

    @Override
    public void start(long epoch) {
        started.add(epoch);
        next = batches.iterator();
    }

    @Override
    public Batch next() {
        return next.hasNext() ? next.next() : null;
    }
}
