package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A long segment is walked in stretches of {@link Backend#rowsPerPass}: the gradients are the same bits, however long they are. */
class StretchesTest {
    private static final int STEPS = 23;
    private static final int ROWS = 3;
    private static final int INPUTS = 5;
    private static final int OUTPUTS = 4;

    private static final RnnSpec PLAIN = RnnSpec.of(INPUTS, 18, OUTPUTS).withLayers(2);

    @ParameterizedTest
    @ValueSource(ints = {1, ROWS, 7, 4 * ROWS + 1, 1000})
    void gradientsDoNotDependOnThem(int rowsPerPass) {
        for (Truncation truncation :
                new Truncation[] {Truncation.NONE, new Truncation(9, 4), new Truncation(6, 15), new Truncation(23, 5)
                }) {
            for (Loss loss : new Loss[] {
                Loss.crossEntropy(),
                Loss.crossEntropy().atLastStep(),
                Loss.mse(),
                Loss.mse().atLastStep()
            }) {
                for (int kind = 0; kind < 4; kind++) {
                    Batch batch = batch(loss, kind % 2 == 1, kind / 2 == 1);
                    Step whole = gradients(Integer.MAX_VALUE, truncation, loss, batch);
                    Step cut = gradients(rowsPerPass, truncation, loss, batch);
                    String what = truncation + ", " + loss + (batch.lengths() != null ? ", lengths" : "")
                            + (batch.resets() != null ? ", resets" : "");
                    assertArrayEquals(whole.gradients, cut.gradients, what);
                    assertEquals(whole.loss, cut.loss, 1e-6 * Math.abs(whole.loss), what);
                }
            }
        }
    }

    private record Step(double loss, float[][] gradients) {}

    /** Two steps with dropout, the second of which goes on from the first. */
    @ParameterizedTest
    @MethodSource("org.bptt4j.spec.Cell#all")
    void trainingDoesNotDependOnThem(Cell cell) {
        RnnSpec spec = PLAIN.withCell(cell).withLayers(3).withDropout(0.3);
        for (Truncation truncation : new Truncation[] {Truncation.NONE, new Truncation(9, 4), new Truncation(6, 15)}) {
            float[][] whole = trained(spec, Integer.MAX_VALUE, truncation);
            for (int rowsPerPass : new int[] {1, 7, 4 * ROWS + 1}) {
                assertArrayEquals(whole, trained(spec, rowsPerPass, truncation), rowsPerPass + ", " + truncation);
            }
        }
    }

    private static float[][] trained(RnnSpec spec, int rowsPerPass, Truncation truncation) {
        Loss loss = Loss.crossEntropy();
        try (Backend backend = withRowsPerPass(rowsPerPass);
                Rnn rnn = Rnn.create(backend, spec, 3);
                Trainer trainer = Trainer.of(rnn).truncation(truncation).build()) {
            trainer.step(batch(loss, true, true));
            trainer.step(batch(loss, false, true).continuing());
            return rnn.parameterNames().stream().map(rnn::parameter).toArray(float[][]::new);
        }
    }

    private static Step gradients(int rowsPerPass, Truncation truncation, Loss loss, Batch batch) {
        try (Backend backend = withRowsPerPass(rowsPerPass);
                Rnn rnn = Rnn.create(backend, PLAIN, 3);
                Trainer trainer =
                        Trainer.of(rnn).loss(loss).truncation(truncation).build()) {
            double value = trainer.forwardBackward(batch);
            return new Step(
                    value, rnn.parameterNames().stream().map(rnn::gradient).toArray(float[][]::new));
        }
    }

    private static Batch batch(Loss loss, boolean lengths, boolean resets) {
        Random random = new Random(5);
        Batch batch = Batch.dense(STEPS, ROWS, INPUTS, RandomProblem.floats(STEPS * ROWS * INPUTS, random));
        if (lengths) {
            batch = batch.withLengths(new int[] {STEPS, 1, 11});
        }
        if (resets) {
            boolean[] mask = new boolean[STEPS * ROWS];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = random.nextInt(4) == 0;
            }
            batch = batch.withResets(mask);
        }
        int compared = loss.at() == Loss.At.EVERY ? STEPS * ROWS : ROWS;
        return loss.kind() == Loss.Kind.MSE
                ? batch.withTargets(RandomProblem.floats(compared * OUTPUTS, random))
                : batch.withTargets(random.ints(compared, 0, OUTPUTS).toArray());
    }

    /** The CPU's backend, except for what it says of rows per pass. */
    private static Backend withRowsPerPass(int rows) {
        Backend cpu = CpuBackends.open("vector", 2);
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("rowsPerPass")) {
                        return rows;
                    }
                    try {
                        return method.invoke(cpu, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
