package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;

/** What a continuing batch begins with: h_n [L·B, H] of the batch before it, in memory of its own. */
public final class CarriedState {
    private final Backend backend;
    private final RnnSpec spec;
    private Place place;
    /** Takes the states that come while the one before is set aside. */
    private Place spare;
    /** {@link #place} once a state was kept there, or what was there before it was set aside; null before the first batch. */
    private Place carried;

    private Place aside;

    CarriedState(Backend backend, RnnSpec spec, Buffers buffers) {
        this.backend = backend;
        this.spec = spec;
        this.place = new Place(buffers.slot());
        this.spare = new Place(buffers.slot());
    }

    /** Memory for one state, and its views as long as B stays. */
    private final class Place {
        private final Buffers.Slot slot;
        private final Matrix[] layers = new Matrix[spec.layers()];
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
            all = slot.matrix((long) layers.length * batch, spec.hiddenSize());
            for (int l = 0; l < layers.length; l++) {
                layers[l] = all.rows((long) l * batch, batch);
            }
            rows = batch;
        }
    }

    /** The state of a batch of {@code rows} rows is carried from now on; the caller writes all {@link #layer layers}. */
    void replace(int rows) {
        place.resize(rows);
        carried = place;
    }

    /** Refuses a batch that continues one of another size, or has an initial state of another. */
    void check(Batch next) {
        if (next.isContinuing() && rows() != next.rows()) {
            throw new IllegalArgumentException(
                    rows() == 0
                            ? "the batch continues another, but there was none before it"
                            : "the batch of " + next.rows() + " rows continues one of " + rows());
        }
        int needed = spec.layers() * next.rows() * spec.hiddenSize();
        if (next.initialState() != null && next.initialState().length != needed) {
            throw new IllegalArgumentException(
                    "h0 [L,B,H] has " + next.initialState().length + " elements, needs " + needed);
        }
    }

    /** B of the batch before, or 0 if there was none. */
    public int rows() {
        return carried == null ? 0 : carried.rows;
    }

    /** A copy of the state [L,B,H]; empty if there is none. */
    public float[] download() {
        float[] values = new float[Math.multiplyExact(spec.layers() * spec.hiddenSize(), rows())];
        if (values.length > 0) {
            backend.download(all().array(), all().offset(), values, 0, values.length);
        }
        return values;
    }

    /** The state {@code values} [L,B,H] of {@code rows} rows is carried from now on; of no rows, none. */
    public void upload(float[] values, int rows) {
        if (rows == 0) {
            carried = null;
            return;
        }
        replace(rows);
        backend.upload(values, 0, values.length, all().array(), all().offset());
    }

    /** [L·B, H]. */
    Matrix all() {
        return carried.all;
    }

    /** [B, H] of layer {@code l}. */
    Matrix layer(int l) {
        return carried.layers[l];
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
        swap();
    }

    /** After {@link #setAside}. */
    public void restore() {
        swap();
        carried = aside;
    }

    private void swap() {
        Place first = place;
        place = spare;
        spare = first;
    }
}
