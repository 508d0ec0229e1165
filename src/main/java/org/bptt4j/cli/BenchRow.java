package org.bptt4j.cli;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bptt4j.data.Batch;

/**
 * Measures one configuration at all places, in rounds that take turns: what else runs on the machine then meets all of them
 * alike.
 */
final class BenchRow {
    private static final int ROUNDS = 5;
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private BenchRow() {}

    /** One result a place, in their order. */
    static List<BenchResult> measure(List<BenchPlace> places, BenchConfig config) {
        Batch batch = config.batch();
        List<BenchSubject> subjects = places.stream()
                .map(place -> new BenchSubject(place, config, batch))
                .toList();
        try {
            subjects.forEach(BenchSubject::prepare);
            for (int round = 0; round < ROUNDS; round++) {
                subjects.forEach(subject -> subject.round(ROUND_NANOS));
            }
            return subjects.stream().map(BenchSubject::result).toList();
        } finally {
            subjects.forEach(BenchSubject::close);
        }
    }
}
