package org.bptt4j.backend;

import static org.bptt4j.Elements.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Binary cross-entropy, and all losses with weights of rows and outputs and with label smoothing, against the formulas in double. */
interface WeightedLossContract extends Contract {
    int NONE = -100;
    List<Integer> WIDTHS = List.of(1, 2, 7, 8, 15, 16, 17, 33, 101);

    /** A loss of one row and its gradient, unweighted by s, in double. */
    interface RowLoss {
        double of(float[] y, int row, float[] w, double[] gradient);
    }

    /** What runs the operation under test. */
    interface Run {
        void on(Matrix y, Weighting weighting, float scale, Matrix d, DeviceArray report);
    }

    /** A case: outputs, weights s of rows and w of outputs, each of them or null, and ε. */
    record Weighted(float[][] y, float[] s, float[] w, float smoothing) {}

    private Weighted draw(int rows, int outputs, float range, int which) {
        float[][] y = kit().random(rows, outputs);
        float[] s = new float[rows];
        float[] w = new float[outputs];
        for (float[] row : y) {
            for (int j = 0; j < outputs; j++) {
                row[j] *= range;
            }
        }
        for (int r = 0; r < rows; r++) {
            s[r] = r % 5 == 4 ? 0 : 3 * kit().random.nextFloat();
        }
        for (int j = 0; j < outputs; j++) {
            w[j] = j % 6 == 5 ? 0 : 0.1f + 4 * kit().random.nextFloat();
        }
        boolean noRows = (which & 1) == 0;
        boolean noOutputs = (which & 2) == 0;
        return new Weighted(y, noRows ? null : s, noOutputs ? null : w, (which & 4) == 0 ? 0 : 0.15f);
    }

    private Weighting weighting(Weighted c) {
        Matrix rows = null;
        if (c.s() != null) {
            float[][] column = new float[c.s().length][1];
            for (int r = 0; r < column.length; r++) {
                column[r][0] = c.s()[r];
            }
            rows = kit().matrix(column, 1);
        }
        return new Weighting(rows, c.w() == null ? null : kit().matrix(new float[][] {c.w()}), c.smoothing());
    }

    private static float at(float[] weights, int i) {
        return weights == null ? 1 : weights[i];
    }

    private void compare(Weighted c, RowLoss truth, Run run, String what) {
        float scale = 0.5f;
        int outputs = c.y()[0].length;
        double[][] gradient = new double[c.y().length][outputs];
        double loss = 0;
        for (int r = 0; r < gradient.length; r++) {
            loss += at(c.s(), r) * truth.of(c.y()[r], r, c.w(), gradient[r]);
        }
        DeviceArray report = kit().report(0, 7, 8);
        Matrix y = kit().matrix(c.y());
        Matrix apart = kit().randomMatrix(gradient.length, outputs);
        Weighting weighting = weighting(c);
        run.on(y, weighting, scale, apart, report);
        assertArrayEquals(c.y(), kit().read(y), what);
        float[] actual = kit().read(report);
        assertEquals(loss, actual[Report.LOSS], 0x1p-23 * (outputs + 16) * loss, what);
        actual[Report.LOSS] = 0;
        assertArrayEquals(new float[] {0, 7, 8, 0, 0, 0}, actual, "no other slot is touched");
        run.on(y, weighting, scale, y, report);
        float[][] d = kit().read(apart);
        assertArrayEquals(d, kit().read(y), "in place");
        double tolerance = 0x1p-23 * (outputs + 16) * 12;
        for (int r = 0; r < gradient.length; r++) {
            int row = r;
            for (int j = 0; j < outputs; j++) {
                double expected = scale * at(c.s(), r) * gradient[r][j];
                assertNear(expected, d[r][j], tolerance * scale, o -> what + ", row " + row + ", output " + o, j);
            }
        }
    }

    @Test
    @Covers("crossEntropy")
    default void crossEntropyWithWeightsAndSmoothing() {
        for (int which = 1; which < 8; which++) {
            for (int outputs : WIDTHS) {
                crossEntropy(7, outputs, 1, which);
            }
            crossEntropy(300, 17, 1000, which);
            crossEntropy(9, 33, 1e4f, which);
        }
    }

    private void crossEntropy(int rows, int outputs, float range, int which) {
        Weighted c = draw(rows, outputs, range, which);
        int[] targets = kit().random.ints(rows, 0, outputs).toArray();
        for (int r = 3; r < rows; r += 4) {
            targets[r] = NONE;
        }
        RowLoss truth = (y, r, w, d) -> targets[r] == NONE ? 0 : crossEntropy(y, targets[r], w, c.smoothing(), d);
        Ints t = kit().ints(targets);
        compare(
                c,
                truth,
                (y, w, scale, d, report) -> backend().crossEntropy(y, t, NONE, w, scale, d, report),
                "cross-entropy " + which + " of " + outputs + " to " + range);
    }

    private static double crossEntropy(float[] y, int target, float[] w, double smoothing, double[] d) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float v : y) {
            largest = Math.max(largest, v);
        }
        double z = 0;
        for (float v : y) {
            z += Math.exp(v - largest);
        }
        double loss = 0;
        for (int j = 0; j < y.length; j++) {
            double share = (j == target ? (1 - smoothing) * at(w, j) : 0) + smoothing / y.length * at(w, j);
            loss += share * (Math.log(z) + largest - y[j]);
            for (int k = 0; k < y.length; k++) {
                d[k] += share * (Math.exp(y[k] - largest) / z - (k == j ? 1 : 0));
            }
        }
        return loss;
    }

    @Test
    @Covers("squaredError")
    default void squaredErrorWithWeights() {
        for (int outputs : WIDTHS) {
            for (int rows : new int[] {1, 300}) {
                float[][] targets = values(kit().random(rows, outputs));
                Matrix t = kit().matrix(targets);
                RowLoss truth = (y, r, w, d) -> {
                    double loss = 0;
                    for (int j = 0; j < y.length; j++) {
                        double error = Float.isNaN(targets[r][j]) ? 0 : (double) y[j] - targets[r][j];
                        d[j] = 2 * error;
                        loss += error * error;
                    }
                    return loss;
                };
                Run run = (y, w, scale, d, report) -> backend().squaredError(y, t, w, scale, d, report);
                compare(draw(rows, outputs, 1, 1), truth, run, "squared error of " + outputs);
            }
        }
    }

    @Test
    @Covers("binaryCrossEntropy")
    default void binaryCrossEntropyWithAndWithoutWeights() {
        for (int which = 0; which < 4; which++) {
            for (int outputs : WIDTHS) {
                binaryCrossEntropy(1, outputs, 1, which);
                binaryCrossEntropy(9, outputs, 30, which);
            }
            binaryCrossEntropy(300, 33, 3, which);
            binaryCrossEntropy(9, 33, 1e4f, which);
        }
        // Large enough for several threads, and for many rounds of a block over a row.
        binaryCrossEntropy(300, 2100, 3, 3);
    }

    private void binaryCrossEntropy(int rows, int outputs, float range, int which) {
        float[][] targets = values(kit().random(rows, outputs));
        for (float[] row : targets) {
            for (int j = 0; j < outputs; j++) {
                row[j] = Math.abs(row[j]) < 0.3f ? Math.signum(Math.max(0, row[j])) : Math.abs(row[j]);
            }
        }
        Matrix t = kit().matrix(targets);
        compare(
                draw(rows, outputs, range, which),
                (y, r, w, d) -> binaryCrossEntropy(y, targets[r], w, d),
                (y, w, scale, d, report) -> backend().binaryCrossEntropy(y, t, w, scale, d, report),
                "binary cross-entropy " + which + " of " + outputs + " to " + range);
    }

    private static double binaryCrossEntropy(float[] y, float[] targets, float[] w, double[] d) {
        double loss = 0;
        for (int j = 0; j < y.length; j++) {
            if (!Float.isNaN(targets[j])) {
                double positive = (double) at(w, j) * targets[j];
                double negative = 1 - (double) targets[j];
                loss += positive * softplus(-y[j]) + negative * softplus(y[j]);
                d[j] = negative / (1 + Math.exp(-y[j])) - positive / (1 + Math.exp(y[j]));
            }
        }
        return loss;
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** A fifth of them NaN, which is no target. */
    private float[][] values(float[][] values) {
        for (float[] row : values) {
            for (int j = 0; j < row.length; j++) {
                row[j] = kit().random.nextInt(5) == 0 ? Float.NaN : row[j];
            }
        }
        return values;
    }

    /** Of outputs that are sure and right: the loss keeps its digits where 1 − σ(y) would have none left. */
    @Test
    @Covers("binaryCrossEntropy")
    default void binaryCrossEntropyKeepsSmallLosses() {
        for (float sure : new float[] {10, 20, 40, 80}) {
            for (int outputs : new int[] {1, 16}) {
                float[][] y = new float[1][outputs];
                float[][] targets = new float[1][outputs];
                for (int j = 0; j < outputs; j++) {
                    targets[0][j] = j % 2;
                    y[0][j] = j % 2 == 0 ? -sure : sure;
                }
                DeviceArray report = kit().report();
                Matrix d = kit().randomMatrix(1, outputs);
                backend().binaryCrossEntropy(kit().matrix(y), kit().matrix(targets), Weighting.NONE, 1f, d, report);
                double each = Math.log1p(Math.exp(-sure));
                assertEquals(outputs * each, kit().read(report, Report.LOSS), 1e-6 * outputs * each);
                assertEquals(each, kit().read(d)[0][0], 1e-6 * each + each * each);
            }
        }
    }

    @Test
    @Covers({"crossEntropy", "squaredError", "binaryCrossEntropy"})
    default void whatIsComparedIsNotHiddenAndWhatIsNotDoesNotCount() {
        Matrix s = kit().matrix(new float[][] {{1}, {2}, {0.5f}});
        Weighting weighting = new Weighting(s, kit().matrix(new float[][] {{1, 2, 3}}), 0.1f);
        float[][] y = kit().random(3, 3);
        y[1][1] = Float.NaN;
        for (boolean compared : new boolean[] {false, true}) {
            float target = compared ? 1 : Float.NaN;
            Ints classes = kit().ints(NONE, compared ? 1 : NONE, NONE);
            float nan = Float.NaN;
            Matrix values = kit().matrix(new float[][] {{nan, nan, nan}, {nan, target, nan}, {nan, nan, nan}});
            List<Run> runs = List.of(
                    (m, w, scale, d, report) -> backend().crossEntropy(m, classes, NONE, w, scale, d, report),
                    (m, w, scale, d, report) -> backend().squaredError(m, values, w, scale, d, report),
                    (m, w, scale, d, report) -> backend().binaryCrossEntropy(m, values, w, scale, d, report));
            for (Run run : runs) {
                DeviceArray report = kit().report();
                Matrix d = kit().randomMatrix(3, 3);
                run.on(kit().matrix(y), weighting, 1f, d, report);
                float[][] gradient = kit().read(d);
                if (compared) {
                    assertTrue(Float.isNaN(kit().read(report, Report.LOSS)));
                    assertTrue(Float.isNaN(gradient[1][1]));
                } else {
                    assertEquals(0f, kit().read(report, Report.LOSS));
                    assertArrayEquals(new float[3][3], gradient);
                }
            }
        }
    }
}
