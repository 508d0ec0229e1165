package org.bptt4j.backend;

import static org.bptt4j.Elements.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The two losses, their gradients, and the sum in the report. */
interface LossContract extends Contract {
    int IGNORED = -100;
    List<Integer> OUTPUTS = List.of(1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 101);

    @Test
    @Covers("crossEntropy")
    default void crossEntropyAndItsGradient() {
        for (int outputs : OUTPUTS) {
            crossEntropy(1, outputs, 1, 0.5f);
            crossEntropy(9, outputs, 10, 1f);
        }
        // Logits far apart must neither overflow nor lose the loss; many rows are summed by several threads.
        crossEntropy(300, 17, 1000, 0.01f);
        crossEntropy(1001, 33, 3, 1f);
    }

    private void crossEntropy(int rows, int outputs, float range, float scale) {
        float[][] y = kit().random(rows, outputs);
        int[] targets = kit().random.ints(rows, 0, outputs).toArray();
        double[][] gradient = new double[rows][outputs];
        double loss = 0;
        for (int r = 0; r < rows; r++) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < outputs; j++) {
                y[r][j] *= range;
                largest = Math.max(largest, y[r][j]);
            }
            if (r % 4 == 3) {
                targets[r] = IGNORED;
                continue;
            }
            double z = 0;
            for (int j = 0; j < outputs; j++) {
                z += Math.exp(y[r][j] - largest);
            }
            for (int j = 0; j < outputs; j++) {
                gradient[r][j] = scale * (Math.exp(y[r][j] - largest) / z - (j == targets[r] ? 1 : 0));
            }
            loss += Math.log(z) + largest - y[r][targets[r]];
        }
        DeviceArray report = kit().report(100, 7, 8);
        Ints t = kit().ints(targets);
        Matrix apart = kit().randomMatrix(rows, outputs);
        Matrix logits = kit().matrix(y);
        backend().crossEntropy(logits, t, IGNORED, Weighting.NONE, scale, apart, report);
        assertArrayEquals(y, kit().read(logits));
        backend().crossEntropy(logits, t, IGNORED, Weighting.NONE, scale, logits, report);
        float[][] actual = kit().read(apart);
        assertArrayEquals(actual, kit().read(logits), "in place");
        double tolerance = 0x1p-23 * (outputs + 8);
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < outputs; j++) {
                assertNear(gradient[r][j], actual[r][j], tolerance * scale, row -> "row " + row + " of " + outputs, r);
            }
        }
        assertReport(100 + 2 * loss, report, tolerance);
    }

    private void assertReport(double sum, DeviceArray report, double tolerance) {
        float[] actual = kit().read(report);
        assertEquals(sum, actual[Report.LOSS], tolerance * sum, "loss is added");
        actual[Report.LOSS] = 0;
        assertArrayEquals(new float[] {0, 7, 8, 0, 0, 0}, actual, "no other slot is touched");
    }

    @Test
    @Covers("squaredError")
    default void squaredErrorAndItsGradient() {
        for (int outputs : OUTPUTS) {
            squaredError(1, outputs);
            squaredError(300, outputs);
        }
    }

    private void squaredError(int rows, int outputs) {
        float scale = 0.25f;
        float[][] y = kit().random(rows, outputs);
        float[][] target = kit().random(rows, outputs);
        double loss = 0;
        double[][] gradient = new double[rows][outputs];
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < outputs; j++) {
                if (kit().random.nextInt(5) == 0) {
                    target[r][j] = Float.NaN;
                } else {
                    double error = (double) y[r][j] - target[r][j];
                    loss += error * error;
                    gradient[r][j] = 2 * scale * error;
                }
            }
        }
        DeviceArray report = kit().report(100, 7, 8);
        Matrix targets = kit().matrix(target);
        Matrix outputsM = kit().matrix(y);
        Matrix apart = kit().randomMatrix(rows, outputs);
        backend().squaredError(outputsM, targets, Weighting.NONE, scale, apart, report);
        assertArrayEquals(y, kit().read(outputsM));
        backend().squaredError(outputsM, targets, Weighting.NONE, scale, outputsM, report);
        float[][] actual = kit().read(apart);
        assertArrayEquals(actual, kit().read(outputsM), "in place");
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < outputs; j++) {
                assertNear(gradient[r][j], actual[r][j], 0x1p-23 * 2 * scale * 2, row -> "row " + row, r);
            }
        }
        assertReport(100 + 2 * loss, report, 1e-6);
    }

    @Test
    @Covers("crossEntropy")
    default void aNaNLogitIsNotHidden() {
        for (int outputs : OUTPUTS) {
            for (int at = 0; at < outputs; at += 5) {
                float[][] y = kit().random(1, outputs);
                y[0][at] = Float.NaN;
                DeviceArray report = kit().report();
                Matrix d = kit().randomMatrix(1, outputs);
                backend().crossEntropy(kit().matrix(y), kit().ints(0), IGNORED, Weighting.NONE, 1f, d, report);
                assertTrue(Float.isNaN(kit().read(report, Report.LOSS)));
                assertTrue(Float.isNaN(kit().read(d)[0][outputs - 1]));
            }
        }
    }

    @Test
    @Covers({"crossEntropy", "squaredError"})
    default void noTargetsAreNoLoss() {
        DeviceArray report = kit().report();
        float[][] y = kit().random(5, 3);
        y[2][1] = Float.NaN; // what is not compared does not count
        Matrix d = kit().randomMatrix(5, 3);
        backend()
                .crossEntropy(
                        kit().matrix(y),
                        kit().ints(IGNORED, IGNORED, IGNORED, IGNORED, IGNORED),
                        IGNORED,
                        Weighting.NONE,
                        1f,
                        d,
                        report);
        assertArrayEquals(new float[5][3], kit().read(d));
        Matrix nothing = kit().randomMatrix(5, 3);
        backend().fill(nothing, Float.NaN);
        backend().squaredError(kit().matrix(y), nothing, Weighting.NONE, 1f, d, report);
        assertArrayEquals(new float[5][3], kit().read(d));
        assertEquals(0f, kit().read(report, Report.LOSS));
    }
}
