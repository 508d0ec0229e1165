package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Sizes;

/** What a continuing batch begins with: the final state [N·B, H] of the batch before it, in memory of its own ({@link RnnSpec#stateCount}). */
public final class CarriedState {
    private final Backend backend;
    private final RnnSpec spec;
    private final Place[] places = new Place[3];
    /** The state of the batch before, or null. */
    private Place carried;
    /** What was carried when it was {@link #setAside set aside}. */
    private Place aside;
    /** Where the batch that is swept leaves its state. */
    private Place next;

    CarriedState(Backend backend, RnnSpec spec, Buffers buffers) {
        this.backend = backend;
        this.spec = spec;
        for (int i = 0; i < places.length; i++) {
            places[i] = new Place(buffers.slot());
        }
    }

    /** Memory for one state, and its views as long as B stays. */
    private final class Place {
        private final Buffers.Slot slot;
        private final Matrix[] parts = new Matrix[spec.stateCount()];
        private Matrix all;
        private int rows;

        Place(Buffers.Slot slot) {
            this.slot = slot;
        }

        void resize(int batch) {
            if (batch == rows) {
                return;
            }
            rows = 0; // nothing is carried if there is no memory
            all = slot.matrix((long) parts.length * batch, spec.hiddenSize());
            for (int n = 0; n < parts.length; n++) {
                parts[n] = all.rows((long) n * batch, batch);
            }
            rows = batch;
        }
    }

    /** A batch of {@code rows} rows is swept: its state goes beside the one that is carried, until {@link #keepNext}. */
    void beginNext(int rows) {
        int free = 0;
        while (places[free] == carried || places[free] == aside) {
            free++;
        }
        next = places[free];
        next.resize(rows);
        if (carried == null && aside == null) {
            places[free + 1].resize(rows); // the batch after it needs another: room is made once
        }
    }

    /** [N·B, H] of the batch that is swept. */
    Matrix next() {
        return next.all;
    }

    /** Array {@code n} [B, H] of the batch that is swept. */
    Matrix next(int n) {
        return next.parts[n];
    }

    /** The batch is swept, its state is carried from now on. */
    void keepNext() {
        carried = next;
    }

    /** Refuses a batch that continues one of another size, or has an initial state of another. */
    void check(Batch next) {
        if (next.isContinuing() && spec.bidirectional()) {
            throw new IllegalArgumentException(
                    "the batch continues another, but the network is bidirectional: its reverse direction"
                            + " begins at the end of a sequence, which must be there as a whole");
        }
        if (next.isContinuing() && rows() != next.rows()) {
            throw new IllegalArgumentException(
                    rows() == 0
                            ? "the batch continues another, but there was none before it"
                            : "the batch of " + next.rows() + " rows continues one of " + rows());
        }
        check("h0", next.initialState(), next.rows());
        check("c0", next.initialCellState(), next.rows());
        if (next.initialCellState() != null && !spec.cell().hasCellState()) {
            throw new IllegalArgumentException(
                    "the batch has an initial cell state c0, but a " + spec.cell() + " cell has none");
        }
    }

    private void check(String name, float[] state, int rows) {
        if (state == null) {
            return; // before the sizes are multiplied: that makes an array of them, and a step is to make nothing
        }
        long needed = Sizes.product(spec.sweeps(), rows, spec.hiddenSize());
        if (state.length != needed) {
            throw new IllegalArgumentException(name + (spec.bidirectional() ? " [L·2,B,H]" : " [L,B,H]") + " has "
                    + state.length + " elements, needs " + needed);
        }
    }

    /** B of the batch before, or 0 if there was none. */
    public int rows() {
        return carried == null ? 0 : carried.rows;
    }

    /** A copy of the state [N,B,H]; empty if there is none. */
    public float[] download() {
        float[] values = new float
                [Sizes.array(
                        "the state [N,B,H] that is carried",
                        "use a smaller batch",
                        spec.stateCount(),
                        rows(),
                        spec.hiddenSize())];
        if (values.length > 0) {
            backend.download(all().array(), all().offset(), values, 0, values.length);
        }
        return values;
    }

    /** The state {@code values} [N,B,H] of {@code rows} rows is carried from now on; of no rows, none. */
    public void upload(float[] values, int rows) {
        if (rows == 0) {
            carried = null;
            return;
        }
        beginNext(rows);
        backend.upload(values, 0, values.length, next().array(), next().offset());
        keepNext();
    }

    /** [N·B, H]. */
    private Matrix all() {
        return carried.all;
    }

    /** Of all sweeps h (0) or c (1), [L·D·B, H]. */
    Matrix all(int which) {
        long rows = (long) spec.sweeps() * carried.rows;
        return carried.all.rows(which * rows, rows);
    }

    /** Array {@code n}, [B, H]. */
    Matrix get(int n) {
        return carried.parts[n];
    }

    /** The next batch that continues this one starts from zero: its state is of no use. */
    public void forget() {
        if (rows() > 0) {
            backend.fill(all(), 0f);
        }
    }

    /** Batches may continue this state and each other, until {@link #restore} brings it back. */
    public void setAside() {
        aside = carried;
    }

    /** After {@link #setAside}. */
    public void restore() {
        carried = aside;
        aside = null;
    }
}
