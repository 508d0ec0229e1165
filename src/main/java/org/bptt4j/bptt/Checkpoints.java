package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.spec.RnnSpec;

/** States of all rows, layers and directions that a sweep can continue from. */
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
        states = new Matrix[count][spec.stateCount()];
        if (count == 0) {
            return;
        }
        Matrix all = slot.matrix((long) count * spec.stateCount() * rows, spec.hiddenSize());
        for (int i = 0; i < count; i++) {
            for (int n = 0; n < spec.stateCount(); n++) {
                states[i][n] = all.rows(((long) i * spec.stateCount() + n) * rows, rows);
            }
        }
    }

    /** The arrays of checkpoint {@code i}, [B, H] each, see {@link RnnSpec#stateCount}. */
    Matrix[] state(int i) {
        return states[i];
    }

    /** Keeps the states {@code from}, N of [B, H]. */
    void store(int i, Matrix[] from) {
        for (int n = 0; n < from.length; n++) {
            backend.copy(from[n], states[i][n]);
        }
    }

    /** Brings the states back. */
    void load(int i, Matrix[] to) {
        for (int n = 0; n < to.length; n++) {
            backend.copy(states[i][n], to[n]);
        }
    }
}
