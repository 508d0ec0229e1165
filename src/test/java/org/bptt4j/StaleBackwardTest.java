package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.data.SourcePosition;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A backward sweep is of the forward sweep before it and of its parameters, or it is refused: never a gradient of neither. */
final class StaleBackwardTest {
    private static final RnnSpec SPEC = RnnSpec.of(2, 3, 4);

    @TempDir
    Path folder;

    private final Backend backend = CpuBackends.open("vector", 1);
    private final Rnn rnn = Rnn.create(backend, SPEC, 1);
    private final Trainer trainer =
            Trainer.of(rnn).optimizer(Optimizer.sgd(0.1)).build();
    private final Batch batch = batch(1);
    private final float[] dH = RandomProblem.floats(5 * 2 * 3, new Random(7));
    private float[] right;

    private static Batch batch(int seed) {
        return Batch.dense(5, 2, 2, RandomProblem.floats(20, new Random(seed))).withTargets(new int[10]);
    }

    @BeforeEach
    void forward() {
        rnn.forward(batch);
        right = rnn.backward(dH, null).x();
        rnn.forward(batch);
    }

    @AfterEach
    void close() {
        trainer.close();
        rnn.close();
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    private void refusedAfter(Executable change) {
        rnn.forward(batch);
        assertDoesNotThrow(change);
        String message = assertThrows(IllegalStateException.class, () -> rnn.backward(dH, null))
                .getMessage();
        assertTrue(message.contains("the parameters have changed since forward"), message);
        assertTrue(message.contains("call forward again"), message);
        rnn.forward(batch); // the remedy
        rnn.backward(dH, null);
    }

    @Test
    void changedParametersAreRefused() {
        refusedAfter(() -> rnn.setParameter("rnn.weight_hh_l0", new float[9]));
        refusedAfter(() -> rnn.setParameter("rnn.bias_ih_l0", new Array2DRowRealMatrix(1, 3)));
        refusedAfter(() -> trainer.step(batch));
        refusedAfter(() -> trainer.fit(new Batches(List.of(batch)), 1, step -> true));
    }

    @Test
    void aRestoredStateIsRefused() throws IOException {
        Path file = folder.resolve("state.safetensors");
        TrainerState.write(file, trainer, new SourcePosition(0, 0), Map.of());
        refusedAfter(() -> TrainerState.read(file).restore(trainer));
    }

    @Test
    void theOutputsOfAnEarlierForwardAreRefused() {
        Rnn.Output first = rnn.forward(batch);
        assertArrayEquals(right, rnn.backward(first, dH, null, null).x());
        Rnn.Output second = rnn.forward(batch(2));
        String message = assertThrows(IllegalStateException.class, () -> rnn.backward(first, dH, null, null))
                .getMessage();
        assertTrue(message.contains("not those of the last forward"), message);
        rnn.backward(second, dH, null, null);
    }

    /** None of these writes to the parameters or to the states of the forward sweep. */
    @Test
    void whatOnlyLooksDoesNoHarm() throws IOException {
        trainer.evaluate(new Batches(List.of(batch(2))));
        try (Evaluator evaluator = new Evaluator(rnn)) {
            evaluator.predict(batch(3));
            evaluator.predictLast(batch(3));
        }
        trainer.forwardBackward(batch(4));
        trainer.gradients(batch(5));
        trainer.step(batch.withTargets(filled(new int[10]))); // no valid target: no update
        try (RnnSession session = new RnnSession(rnn, 2)) {
            session.feed(new float[4]);
        }
        rnn.save(folder.resolve("model.safetensors"));
        rnn.zeroGradients();
        rnn.setGradient("head.bias", new float[4]);
        assertArrayEquals(right, rnn.backward(dH, null).x());
    }

    private static int[] filled(int[] targets) {
        Arrays.fill(targets, -100);
        return targets;
    }

    @Test
    void oneForwardCanBeSweptBackAgain() {
        assertArrayEquals(right, rnn.backward(dH, null).x());
        assertArrayEquals(right, rnn.backward(dH, null).x());
    }

    /** The input is on the device and the lengths are the batch's own, whatever the caller does with his arrays. */
    @Test
    void theCallersArraysMayBeFilledAgainAfterForward() {
        float[] x = RandomProblem.floats(20, new Random(1));
        int[] lengths = {5, 2};
        for (RnnSpec spec : new RnnSpec[] {SPEC, SPEC.inBothDirections()}) {
            float[] d = RandomProblem.floats(10 * spec.layerOutputSize(), new Random(7));
            try (Rnn own = Rnn.create(backend, spec, 1)) {
                Batch used = Batch.dense(5, 2, 2, x.clone()).withLengths(lengths.clone());
                own.forward(used);
                float[] dx = own.backward(d, null).x();
                float[] dWeight = own.gradient("rnn.weight_ih_l0");
                own.zeroGradients();

                int[] again = lengths.clone();
                float[] input = x.clone();
                own.forward(Batch.dense(5, 2, 2, input).withLengths(again));
                Arrays.fill(input, 9f);
                Arrays.fill(again, 1);
                assertArrayEquals(dx, own.backward(d, null).x());
                assertArrayEquals(dWeight, own.gradient("rnn.weight_ih_l0"));
            }
        }
    }

    @Test
    void missingGradientsAreZeros() {
        float[] dFinal = {1, 2, 3, 4, 5, 6};
        float[] withZeros = rnn.backward(new float[dH.length], dFinal).x();
        assertArrayEquals(withZeros, rnn.backward(null, dFinal).x());
        assertArrayEquals(new float[20], rnn.backward(null, null).x());
    }
}
