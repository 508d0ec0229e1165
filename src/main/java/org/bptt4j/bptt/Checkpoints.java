package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.spec.RnnSpec;

/** States of all rows and layers that a sweep can continue from. */
final class Checkpoints {
    private final Backend backend;
    private final RnnSpec spec;
    private final Buffers.Slot slot;
    private Matrix[][] states = new Matrix[0][];

    Checkpoints(Backend backend, RnnSpec spec, Buffers buffers) {
        this.backend = backend;
        this.spec = spec;
        this.slot = buffers.slot();
    }

    /** Makes room for {@code count} states of {@code rows} rows. */
    void resize(int count, int rows) {
        states = new Matrix[count][spec.layers()];
        if (count == 0) {
            return;
        }
        Matrix all = slot.matrix((long) count * spec.layers() * rows, spec.hiddenSize());
        for (int i = 0; i < count; i++) {
            for (int l = 0; l < spec.layers(); l++) {
                states[i][l] = all.rows(((long) i * spec.layers() + l) * rows, rows);
            }
        }
    }

    /** The state of layer {@code l} in checkpoint {@code i}, [B, H]. */
    Matrix layer(int i, int l) {
        return states[i][l];
    }

    /** Keeps the states {@code from}, one [B, H] for each layer. */
    void store(int i, Matrix[] from) {
        for (int l = 0; l < from.length; l++) {
            backend.copy(from[l], states[i][l]);
        }
    }

    /** Brings the states back. */
    void load(int i, Matrix[] to) {
        for (int l = 0; l < to.length; l++) {
            backend.copy(states[i][l], to[l]);
        }
    }
}
