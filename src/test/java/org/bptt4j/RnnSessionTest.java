package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Step by step, in pieces and at once give the same bits. */
class RnnSessionTest {
    private static final int T = 9;
    private static final int B = 3;
    private final Backend backend = open();

    /** The backend that all this is true of. */
    Backend open() {
        return CpuBackends.open("vector", 2);
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    /** Without dropout, which is for training. */
    @ParameterizedTest
    @MethodSource("org.bptt4j.spec.Cell#all")
    void symbolsOneByOneAreOneBatch(Cell cell) {
        int[] ids = new Random(1).ints(T * B, 0, 6).toArray();
        RnnSpec spec = RnnSpec.of(6, 17, 4).withCell(cell).withLayers(2).withDropout(0.5);
        try (Rnn rnn = Rnn.create(backend, spec, 1);
                Evaluator evaluator = new Evaluator(rnn);
                RnnSession session = new RnnSession(rnn, B)) {
            float[] whole = evaluator.predict(Batch.symbols(T, B, ids)).outputs();
            for (int round = 0; round < 2; round++) {
                for (int t = 0; t < T; t++) {
                    float[] y = session.feed(Arrays.copyOfRange(ids, t * B, (t + 1) * B));
                    Bits.assertSame(Arrays.copyOfRange(whole, t * B * 4, (t + 1) * B * 4), y);
                }
                session.reset();
            }
            Bits.assertSame(whole, session.feed(ids));
        }
    }

    @Test
    void withoutAHeadItGivesTheStates() {
        float[] x = RandomProblem.floats(T * B * 5, new Random(1));
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(5, 7, 0), 1);
                RnnSession session = new RnnSession(rnn, B)) {
            float[] h = rnn.forward(Batch.dense(T, B, 5, x)).h();
            float[] first = session.feed(Arrays.copyOf(x, 4 * B * 5));
            float[] second = session.feed(Arrays.copyOfRange(x, 4 * B * 5, x.length));
            Bits.assertSame(Arrays.copyOf(h, 4 * B * 7), first);
            Bits.assertSame(Arrays.copyOfRange(h, 4 * B * 7, h.length), second);
        }
    }

    @Test
    void whatDoesNotFitIsRefusedAndTheStateKept() {
        try (Rnn rnn = Rnn.create(backend, RnnSpec.of(6, 5, 4), 1);
                RnnSession session = new RnnSession(rnn, B);
                RnnSession other = new RnnSession(rnn, B)) {
            assertThrows(IllegalArgumentException.class, () -> new RnnSession(rnn, 0));
            session.feed(1, 2, 3);
            other.feed(1, 2, 3);
            assertThrows(IllegalArgumentException.class, () -> session.feed(1, 2));
            assertThrows(IllegalArgumentException.class, () -> session.feed(1, 2, 3, 4));
            assertThrows(IllegalArgumentException.class, () -> session.feed(1, 2, 6));
            assertThrows(IllegalArgumentException.class, () -> session.feed(new float[17]));
            Bits.assertSame(other.feed(4, 5, 0), session.feed(4, 5, 0));
        }
    }
}
