package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bptt4j.Elements;
import org.bptt4j.spec.Cell;

/** One layer's data on host and device, its sweeps in ranges, and the truth: the recursion in double. */
final class Sweep {
    private final Kit kit;
    private final double operandError;
    private final Cell cell;
    private final CellTruth truth;
    private final int steps;
    private final int batch;
    private final int hidden;
    private final float[][] weight;
    private final float[][] biasIh;
    private final float[][] biasHh;
    /** h_0; for a plain cell A behind it. */
    private final float[][] states;
    /** c_0, or null. */
    private final float[][] cells;
    /** A, and NaN in the columns of the separate gates' products. */
    private final float[][] gates;

    private final float[][] dStates;
    private final float[][] carry;
    private final float[][] cellCarry;
    private int[] lengths;
    private int[] resets;
    private Matrix gatesM;
    private Matrix statesM;
    private Matrix cellsM;
    private Matrix dStatesM;
    private Matrix dGatesM;
    private Matrix dProductsM;
    private Matrix carryM;
    private Matrix cellCarryM;

    Sweep(Contract contract, Cell cell, int steps, int batch, int hidden) {
        this.kit = contract.kit();
        this.operandError = contract.operandError();
        this.cell = cell;
        this.truth = contract.truth(cell);
        this.steps = steps;
        this.batch = batch;
        this.hidden = hidden;
        int columns = cell.gates() * hidden;
        weight = kit.random(columns, hidden);
        for (float[] row : weight) {
            for (int j = 0; j < hidden; j++) {
                row[j] *= (float) (1.5 / Math.sqrt(hidden));
            }
        }
        biasIh = kit.random(1, columns);
        biasHh = kit.random(1, columns);
        states = kit.random((steps + 1) * batch, hidden);
        cells = cell.hasCellState() ? kit.random((steps + 1) * batch, hidden) : null;
        gates = kit.random(steps * batch, cell.kept() * hidden);
        for (int r = 0; r < gates.length; r++) {
            Arrays.fill(gates[r], columns, gates[r].length, Float.NaN);
            if (cell.isPlain()) {
                states[batch + r] = gates[r];
            }
        }
        dStates = kit.random(steps * batch, hidden);
        carry = kit.random(batch, hidden);
        cellCarry = cell.hasCellState() ? kit.random(batch, hidden) : null;
        upload();
    }

    void upload() {
        statesM = kit.matrix(states);
        cellsM = cells == null ? null : kit.matrix(cells);
        gatesM = cell.isPlain() ? statesM.rows(batch, (long) steps * batch) : kit.matrix(gates);
        dStatesM = kit.matrix(dStates);
        int columns = cell.gates() * hidden;
        dGatesM = cell.isPlain() ? dStatesM : kit.randomMatrix(steps * batch, columns);
        dProductsM = cell.separate() == 0 ? dGatesM : kit.randomMatrix(steps * batch, columns);
        carryM = kit.matrix(carry);
        cellCarryM = cellCarry == null ? null : kit.matrix(cellCarry);
    }

    /** Rows b are zero from {@code lengths[b]} on. */
    void end(int... rowLengths) {
        lengths = rowLengths;
    }

    /** Nothing arrives at h of rows that have ended; the carry belongs to the last step. */
    void nothingArrivesAfterTheEnd() {
        for (int b = 0; b < batch; b++) {
            for (int t = lengths[b]; t < steps; t++) {
                Arrays.fill(dStates[t * batch + b], 0f);
                Arrays.fill(carry[b], 0f);
            }
        }
        upload();
    }

    /** Rows begin anew where {@code mask} [S·B] is not 0. */
    void reset(int[] mask) {
        resets = mask;
    }

    /** Puts a number in place of h_0 and c_0, or of one gate's A of a later step: {@code row} of [(S+1)·B]. */
    void put(int row, float value) {
        int unit = hidden / 2;
        if (row >= batch) {
            gates[row - batch][row / batch % cell.gates() * hidden + unit] = value;
        } else {
            states[row][unit] = value;
            if (cells != null) {
                cells[row][unit] = value;
            }
        }
        upload();
    }

    /** Runs, and returns all that the two sweeps leave. */
    float[][][] results(int... cuts) {
        run(cuts);
        return contents();
    }

    /** h, dA, dP, the carry, and what else there is. */
    float[][][] contents() {
        List<float[][]> all =
                new ArrayList<>(List.of(kit.read(statesM), kit.read(dGatesM), kit.read(dProductsM), kit.read(carryM)));
        if (!cell.isPlain()) {
            all.add(kit.read(gatesM));
        }
        if (cells != null) {
            all.add(kit.read(cellsM));
            all.add(kit.read(cellCarryM));
        }
        return all.toArray(float[][][]::new);
    }

    float[][] dGates() {
        return kit.read(dGatesM);
    }

    float[][] dProducts() {
        return kit.read(dProductsM);
    }

    /** What arrived at c_S. */
    float[][] cellCarryIn() {
        return cellCarry;
    }

    float[][] cellCarry() {
        return kit.read(cellCarryM);
    }

    private boolean beginsAnew(int row) {
        return resets != null && resets[row] != 0;
    }

    private boolean hasEnded(int row) {
        return lengths != null && row / batch >= lengths[row % batch];
    }

    private Ints resetsOnDevice(long row, long count) {
        return resets == null ? null : kit.ints(resets).slice(row, count);
    }

    /** All steps forward in ranges, then back in the same ranges. */
    void run(int... cuts) {
        forward(cuts);
        Matrix w = kit.matrix(weight);
        for (int i = cuts.length - 1; i > 0; i--) {
            long row = (long) cuts[i - 1] * batch;
            long count = (long) (cuts[i] - cuts[i - 1]) * batch;
            kit.backend.recurrentBackward(new RecurrentBackward(
                    cell,
                    batch,
                    w,
                    gatesM.rows(row, count),
                    statesM.rows(row, count + batch),
                    cellsM == null ? null : cellsM.rows(row, count + batch),
                    dStatesM.rows(row, count),
                    dGatesM.rows(row, count),
                    dProductsM.rows(row, count),
                    carryM,
                    cellCarryM,
                    resetsOnDevice(row, count)));
        }
    }

    void forward(int... cuts) {
        Matrix w = kit.matrix(weight);
        Matrix ih = kit.matrix(biasIh);
        Matrix hh = kit.matrix(biasHh);
        Ints ends = lengths == null ? null : kit.ints(lengths);
        for (int i = 1; i < cuts.length; i++) {
            long row = (long) cuts[i - 1] * batch;
            long count = (long) (cuts[i] - cuts[i - 1]) * batch;
            kit.backend.recurrentForward(new RecurrentForward(
                    cell,
                    batch,
                    cuts[i - 1],
                    w,
                    ih,
                    hh,
                    gatesM.rows(row, count),
                    statesM.rows(row, count + batch),
                    cellsM == null ? null : cellsM.rows(row, count + batch),
                    ends,
                    resetsOnDevice(row, count)));
        }
    }

    /** Both sweeps in one range each, against the truth. */
    void check() {
        run(0, steps);
        checkStates();
        checkGradients();
    }

    /** h, c and what is kept of rows that have not ended. */
    void checkStates() {
        double[][] h = doubles(states);
        double[][] c = cells == null ? null : doubles(cells);
        double[][] kept = doubles(gates);
        double[] a = new double[cell.gates()];
        double[] p = new double[cell.gates()];
        double[] state = new double[2];
        double[] keeps = new double[cell.kept()];
        for (int row = 0; row < gates.length; row++) {
            boolean anew = beginsAnew(row);
            for (int unit = 0; unit < hidden; unit++) {
                for (int g = 0; g < a.length; g++) {
                    int j = g * hidden + unit;
                    a[g] = (double) gates[row][j] + biasIh[0][j];
                    p[g] = biasHh[0][j];
                    for (int k = 0; k < hidden && !anew; k++) {
                        p[g] += weight[j][k] * h[row][k];
                    }
                }
                state[0] = anew ? 0 : h[row][unit];
                state[1] = anew || c == null ? 0 : c[row][unit];
                truth.forward(a, p, state, keeps);
                boolean ended = hasEnded(row);
                h[row + batch][unit] = ended ? 0 : state[0];
                if (c != null) {
                    c[row + batch][unit] = ended ? 0 : state[1];
                }
                for (int k = 0; k < keeps.length; k++) {
                    kept[row][k * hidden + unit] = keeps[k];
                }
            }
        }
        near(h, kit.read(statesM), "h");
        if (c != null) {
            near(c, kit.read(cellsM), "c");
        }
        if (!cell.isPlain()) {
            float[][] actual = kit.read(gatesM);
            for (int row = 0; row < kept.length; row++) {
                if (hasEnded(row)) {
                    kept[row] = doubles(actual)[row];
                }
            }
            near(kept, actual, "gates");
        }
    }

    /** The sweep back from what the one forward has left: near 0 a slope of ReLU hangs on the last bit. */
    private void checkGradients() {
        double[][] h = doubles(kit.read(statesM));
        double[][] c = cells == null ? null : doubles(kit.read(cellsM));
        double[][] kept = doubles(cell.isPlain() ? gates : kit.read(gatesM));
        double[][] dh = doubles(carry);
        double[][] dc = cells == null ? null : doubles(cellCarry);
        int columns = cell.gates() * hidden;
        double[][] dGates = new double[gates.length][columns];
        double[][] dProducts = new double[gates.length][columns];
        double[] da = new double[cell.gates()];
        double[] dp = new double[cell.gates()];
        double[] keeps = new double[cell.kept()];
        double[] dState = new double[2];
        for (int row = gates.length - 1; row >= 0; row--) {
            int b = row % batch;
            boolean anew = beginsAnew(row);
            for (int unit = 0; unit < hidden; unit++) {
                for (int k = 0; k < keeps.length; k++) {
                    keeps[k] = kept[row][k * hidden + unit];
                }
                dState[0] = dStates[row][unit] + dh[b][unit];
                dState[1] = dc == null ? 0 : dc[b][unit];
                double[] before = {anew ? 0 : h[row][unit], anew || c == null ? 0 : c[row][unit]};
                double[] after = {h[row + batch][unit], c == null ? 0 : c[row + batch][unit]};
                truth.backward(keeps, before, after, dState, da, dp);
                dh[b][unit] = anew ? 0 : dState[0];
                if (dc != null) {
                    dc[b][unit] = anew ? 0 : dState[1];
                }
                for (int g = 0; g < da.length; g++) {
                    dGates[row][g * hidden + unit] = da[g];
                    dProducts[row][g * hidden + unit] = dp[g];
                }
            }
            for (int j = 0; j < columns && !anew; j++) {
                for (int k = 0; k < hidden; k++) {
                    dh[b][k] += dProducts[row][j] * weight[j][k];
                }
            }
        }
        near(dGates, kit.read(dGatesM), "dA");
        near(dProducts, kit.read(dProductsM), "dP");
        near(dh, kit.read(carryM), "carry");
        if (dc != null) {
            near(dc, kit.read(cellCarryM), "c's carry");
        }
    }

    private static double[][] doubles(float[][] values) {
        double[][] v = new double[values.length][values[0].length];
        for (int r = 0; r < v.length; r++) {
            for (int i = 0; i < v[r].length; i++) {
                v[r][i] = values[r][i];
            }
        }
        return v;
    }

    /** Of magnitudes of weights in a row or column: so much do operands' errors make of values up to 1. */
    private double largestSum() {
        double[] cols = new double[hidden];
        double largest = 0;
        for (float[] weights : weight) {
            double row = 0;
            for (int j = 0; j < hidden; j++) {
                row += Math.abs(weights[j]);
                cols[j] += Math.abs(weights[j]);
            }
            largest = Math.max(largest, row);
        }
        return Math.max(largest, Arrays.stream(cols).max().orElseThrow());
    }

    /** The error grows with the products' length and from step to step. */
    private void near(double[][] expected, float[][] actual, String what) {
        double products = operandError * (2 + operandError) * largestSum();
        double tolerance = (0x1p-23 * (cell.gates() * hidden + 4) + products) * (steps + 1);
        for (int r = 0; r < expected.length; r++) {
            for (int i = 0; i < expected[r].length; i++) {
                double e = expected[r][i];
                float a = actual[r][i];
                if (Double.isFinite(e)
                        ? !Elements.near(e, a, tolerance * Math.max(1, Math.abs(e)))
                        : Float.isFinite(a)) {
                    fail(what + " [" + r + ", " + i + "] of " + cell + ", T " + steps + ", B " + batch + ", H " + hidden
                            + " is " + a + ", must be " + e);
                }
            }
        }
    }
}
