package org.bptt4j.backend;

import static org.bptt4j.Elements.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Optimizer;
import org.junit.jupiter.api.Test;

/** Norm, clipping, and the optimisers against their formulas in double. */
interface UpdateContract extends Contract {
    List<Integer> LENGTHS = List.of(1, 7, 8, 9, 31, 4095, 4097, 20_011);

    private float[] gradients(int length, double scale) {
        float[] g = kit().random(1, length)[0];
        for (int i = 0; i < length; i++) {
            g[i] *= (float) scale;
        }
        return g;
    }

    private static double norm(float[] g) {
        double squares = 0;
        for (float v : g) {
            squares += (double) v * v;
        }
        return Math.sqrt(squares);
    }

    @Test
    @Covers("globalNorm")
    default void theNormNeitherOverflowsNorVanishes() {
        for (int length : LENGTHS) {
            for (double scale : new double[] {1, 1e20, 1e30, 1e-20, 1e-30}) {
                float[] g = gradients(length, scale);
                DeviceArray report = kit().report(5, 99, 0.5f);
                backend().globalNorm(kit().floats(g), report);
                float[] actual = kit().read(report);
                assertEquals(norm(g), actual[Report.NORM], 1e-6 * norm(g), length + " elements of " + scale);
                actual[Report.NORM] = 0;
                assertArrayEquals(new float[] {5, 0, 0.5f, 0, 0, 0}, actual);
            }
        }
    }

    @Test
    @Covers("globalNorm")
    default void oneElementThatIsNotFiniteRaisesTheFlagForGood() {
        for (int length : LENGTHS) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                for (int at : new int[] {0, length / 2, length - 1}) {
                    float[] g = gradients(length, 1);
                    g[at] = bad;
                    DeviceArray report = kit().report();
                    backend().globalNorm(kit().floats(g), report);
                    assertEquals(1f, kit().read(report, Report.NON_FINITE), length + " elements, " + bad + " at " + at);
                    backend().globalNorm(kit().floats(1, 2, 3), report);
                    assertEquals(1f, kit().read(report, Report.NON_FINITE), "the flag stays");
                }
            }
        }
    }

    @Test
    @Covers("clip")
    default void clippingByNorm() {
        for (double scale : new double[] {1, 1e20, 1e-3}) {
            for (double limit : new double[] {1, 0.01, 1e10, 0}) {
                float[] g = gradients(5001, scale);
                DeviceArray array = kit().floats(g);
                DeviceArray report = kit().report();
                backend().globalNorm(array, report);
                backend().clip(Clipping.norm(limit), array, report);
                double coefficient = Math.min(1, (float) limit / (norm(g) + 1e-6));
                assertEquals(coefficient, kit().read(report, Report.COEFFICIENT), 1e-6 * coefficient);
                float[] actual = kit().read(array);
                for (int i = 0; i < g.length; i++) {
                    assertEquals(g[i] * coefficient, actual[i], 1e-6 * Math.abs(g[i] * coefficient));
                }
            }
        }
    }

    @Test
    @Covers("clip")
    default void clippingByValueAndNotAtAll() {
        float[] g = gradients(4099, 3);
        DeviceArray array = kit().floats(g);
        DeviceArray report = kit().report();
        backend().clip(Clipping.NONE, array, report);
        assertArrayEquals(g, kit().read(array));
        backend().clip(Clipping.value(0.75), array, report);
        float[] actual = kit().read(array);
        for (int i = 0; i < g.length; i++) {
            assertEquals(Math.max(-0.75f, Math.min(0.75f, g[i])), actual[i]);
        }
        assertEquals(1f, kit().read(report, Report.COEFFICIENT));
    }

    @Test
    @Covers("update")
    default void everyRuleFollowsItsFormula() {
        List<Optimizer> rules = List.of(
                Optimizer.sgd(0.1),
                Optimizer.sgd(0.1).withWeightDecay(0.01),
                Optimizer.momentum(0.1, 0.9).withWeightDecay(0.02),
                Optimizer.nesterov(0.1, 0.8).withWeightDecay(0.02),
                Optimizer.rmsprop(0.01).withWeightDecay(0.02),
                Optimizer.adam(0.01),
                Optimizer.adam(0.01).withWeightDecay(0.1),
                Optimizer.adamw(0.01));
        for (Optimizer rule : rules) {
            for (Clipping clipping : List.of(Clipping.NONE, Clipping.norm(0.5), Clipping.value(0.3))) {
                for (int length : new int[] {1, 9, 4097}) {
                    updates(rule, clipping, length);
                }
            }
        }
    }

    private void updates(Optimizer rule, Clipping clipping, int length) {
        OptimizerFormulas truth = new OptimizerFormulas(rule, gradients(length, 1));
        DeviceArray parameters = kit().floats(truth.start());
        DeviceArray gradients = kit().floats(new float[length]);
        DeviceArray[] states = new DeviceArray[rule.kind().states()];
        for (int i = 0; i < states.length; i++) {
            states[i] = kit().floats(new float[length]);
        }
        DeviceArray report = kit().report();
        Update update = new Update(rule, clipping, parameters, gradients, states, report);
        boolean clamps = false;
        for (int number = 1; number <= 4; number++) {
            double rate = rule.learningRate() / number;
            float[] g = gradients(length, 1);
            backend().upload(g, 0, length, gradients, 0);
            backend().globalNorm(gradients, report);
            backend().update(update, rate, number);
            assertArrayEquals(g, kit().read(gradients), "gradients are left as they are");
            double coefficient =
                    clipping.kind() == Clipping.Kind.NORM ? Math.min(1, clipping.limit() / (norm(g) + 1e-6)) : 1;
            assertEquals(coefficient, kit().read(report, Report.COEFFICIENT), 1e-6);
            assertEquals(number, kit().read(report, Report.UPDATES), "updates made");
            clamps |= clipping.kind() == Clipping.Kind.VALUE && beyond(g, clipping.limit());
            assertEquals(clamps ? 1f : 0f, kit().read(report, Report.CLAMPED), "an element was clamped");
            truth.step(g, coefficient, clipping, rate, number);
        }
        float[] actual = kit().read(parameters);
        for (int i = 0; i < length; i++) {
            assertNear(truth.parameter(i), actual[i], 1e-6, e -> rule + ", " + clipping + ", element " + e, i);
        }
    }

    @Test
    @Covers({"update", "globalNorm"})
    default void nothingIsUpdatedOnceTheFlagIsUp() {
        for (Optimizer rule : List.of(
                Optimizer.momentum(0.1, 0.9), Optimizer.rmsprop(0.1), Optimizer.adam(0.1), Optimizer.adamw(0.1))) {
            float[] start = gradients(37, 1);
            DeviceArray parameters = kit().floats(start);
            DeviceArray gradients = kit().floats(new float[37]);
            DeviceArray[] states = new DeviceArray[rule.kind().states()];
            for (int i = 0; i < states.length; i++) {
                states[i] = kit().floats(start);
            }
            DeviceArray report = kit().report(0, 0, 1);
            Update update = new Update(rule, Clipping.norm(1), parameters, gradients, states, report);
            backend().upload(new float[] {Float.NaN}, 0, 1, gradients, 36);
            backend().globalNorm(gradients, report);
            backend().update(update, 0.1, 1);
            // Later gradients are fine again, but the host has not looked yet.
            backend().upload(new float[] {1}, 0, 1, gradients, 36);
            backend().globalNorm(gradients, report);
            backend().update(update, 0.1, 2);
            assertArrayEquals(start, kit().read(parameters), rule.toString());
            for (DeviceArray state : states) {
                assertArrayEquals(start, kit().read(state), rule.toString());
            }
            assertEquals(1f, kit().read(report, Report.COEFFICIENT), "not even the coefficient");
            assertEquals(0f, kit().read(report, Report.UPDATES), "no update was made");
            backend().upload(new float[1], 0, 1, report, Report.NON_FINITE);
            backend().update(update, 0.1, 1);
            assertTrue(kit().read(parameters)[36] != start[36], "cleared by the host, it goes on");
        }
    }

    private static boolean beyond(float[] g, float limit) {
        for (float element : g) {
            if (Math.abs(element) > limit) {
                return true;
            }
        }
        return false;
    }
}
