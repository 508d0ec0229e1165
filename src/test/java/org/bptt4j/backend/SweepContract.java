package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.bptt4j.Bits;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.Test;

/** The two recurrent sweeps against the recursion written down in double. */
interface SweepContract extends Contract {
    List<Integer> HIDDEN = List.of(1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 65);

    @Test
    @Covers({"recurrentForward", "recurrentBackward"})
    default void sweepsFollowTheRecursion() {
        for (Cell cell : Cell.plain()) {
            for (int hidden : HIDDEN) {
                for (int batch : new int[] {1, 3, 4, 5, 9}) {
                    new Sweep(this, cell, 1, batch, hidden).check();
                    new Sweep(this, cell, 6, batch, hidden).check();
                }
            }
            new Sweep(this, cell, 7, 33, 40).check();
        }
    }

    @Test
    @Covers({"recurrentForward", "recurrentBackward"})
    default void rangesGiveTheBitsOfOneSweep() {
        for (Cell cell : Cell.plain()) {
            for (int hidden : new int[] {5, 16, 33}) {
                Sweep sweep = new Sweep(this, cell, 9, 7, hidden);
                sweep.run(0, 9);
                float[][] states = kit().read(sweep.statesM);
                float[][] deltas = kit().read(sweep.deltaM);
                float[][] carry = kit().read(sweep.carryM);
                sweep.upload();
                sweep.run(0, 1, 5, 8, 9);
                Bits.assertSame(states, kit().read(sweep.statesM));
                Bits.assertSame(deltas, kit().read(sweep.deltaM));
                Bits.assertSame(carry, kit().read(sweep.carryM));
            }
        }
    }

    @Test
    @Covers("recurrentForward")
    default void rowsAreZeroFromTheirLengthOn() {
        for (Cell cell : Cell.plain()) {
            Sweep sweep = new Sweep(this, cell, 6, 4, 17);
            sweep.lengths = new int[] {3, 6, 1, 5};
            sweep.check();
            sweep.upload();
            // firstStep is what counts: the second range knows that rows have ended before it.
            sweep.forward(kit().ints(sweep.lengths), 0, 4);
            sweep.forward(kit().ints(sweep.lengths), 4, 6);
            sweep.checkStates();
        }
    }

    @Test
    @Covers({"recurrentForward", "recurrentBackward"})
    default void noStepsLeaveEverythingAsItIs() {
        Sweep sweep = new Sweep(this, Cell.TANH, 3, 2, 5);
        float[][] states = kit().read(sweep.statesM);
        float[][] carry = kit().read(sweep.carryM);
        sweep.run(2, 2);
        assertArrayEquals(states, kit().read(sweep.statesM));
        assertArrayEquals(carry, kit().read(sweep.carryM));
    }

    /** One layer's data on host and device, and the truth. */
    final class Sweep {
        private final Kit kit;
        private final double operandError;
        private final Cell cell;
        private final int steps;
        private final int batch;
        private final int hidden;
        private final float[][] weight;
        private final float[][] biasIh;
        private final float[][] biasHh;
        private final float[][] states;
        private final float[][] dStates;
        private final float[][] carry;
        private int[] lengths;
        private int[] resets;
        private Matrix statesM;
        private Matrix deltaM;
        private Matrix carryM;

        Sweep(Contract contract, Cell cell, int steps, int batch, int hidden) {
            this.kit = contract.kit();
            this.operandError = contract.operandError();
            this.cell = cell;
            this.steps = steps;
            this.batch = batch;
            this.hidden = hidden;
            weight = kit.random(hidden, hidden);
            for (float[] row : weight) {
                for (int j = 0; j < hidden; j++) {
                    row[j] *= (float) (1.5 / Math.sqrt(hidden));
                }
            }
            biasIh = kit.random(1, hidden);
            biasHh = kit.random(1, hidden);
            states = kit.random((steps + 1) * batch, hidden);
            dStates = kit.random(steps * batch, hidden);
            carry = kit.random(batch, hidden);
            upload();
        }

        void upload() {
            statesM = kit.matrix(states);
            deltaM = kit.matrix(dStates);
            carryM = kit.matrix(carry);
        }

        /** Rows b are zero from {@code lengths[b]} on. */
        void end(int... rowLengths) {
            lengths = rowLengths;
        }

        /** Rows begin anew where {@code mask} [S·B] is not 0. */
        void reset(int[] mask) {
            resets = mask;
        }

        /** Puts a number in place of h_0, or of A of a later step: {@code row} of [(S+1)·B, H]. */
        void put(int row, float value) {
            states[row][hidden / 2] = value;
            upload();
        }

        /** Runs, and returns h, δ and the carry. */
        float[][][] results(int... cuts) {
            run(cuts);
            return new float[][][] {kit.read(statesM), kit.read(deltaM), kit.read(carryM)};
        }

        private boolean beginsAnew(int row) {
            return resets != null && resets[row] != 0;
        }

        private Ints resetsOnDevice(long row, long count) {
            return resets == null ? null : kit.ints(resets).slice(row, count);
        }

        /** All steps forward in ranges, then back in the same ranges. */
        void run(int... cuts) {
            Ints lengthsOnDevice = lengths == null ? null : kit.ints(lengths);
            forward(lengthsOnDevice, cuts);
            Matrix w = kit.matrix(weight);
            for (int i = cuts.length - 1; i > 0; i--) {
                long row = (long) cuts[i - 1] * batch;
                long count = (long) (cuts[i] - cuts[i - 1]) * batch;
                Matrix range = statesM.rows(row, count + batch);
                Matrix d = deltaM.rows(row, count);
                Ints anew = resetsOnDevice(row, count);
                kit.backend.recurrentBackward(
                        new RecurrentBackward(cell, batch, w, range.rows(batch, count), range, d, carryM, anew));
            }
        }

        void forward(Ints lengthsOnDevice, int... cuts) {
            Matrix w = kit.matrix(weight);
            Matrix ih = kit.matrix(biasIh);
            Matrix hh = kit.matrix(biasHh);
            for (int i = 1; i < cuts.length; i++) {
                long row = (long) cuts[i - 1] * batch;
                long count = (long) (cuts[i] - cuts[i - 1]) * batch;
                Matrix range = statesM.rows(row, count + batch);
                kit.backend.recurrentForward(new RecurrentForward(
                        cell,
                        batch,
                        cuts[i - 1],
                        w,
                        ih,
                        hh,
                        range.rows(batch, count),
                        range,
                        lengthsOnDevice,
                        resetsOnDevice(row, count)));
            }
        }

        void check() {
            run(0, steps);
            checkStates();
            float[][] h =
                    kit.read(statesM); // which the sweep back starts from: near 0 a slope of ReLU hangs on the last bit
            double[][] arriving = new double[batch][hidden];
            double[][] delta = new double[steps * batch][hidden];
            for (int b = 0; b < batch; b++) {
                for (int i = 0; i < hidden; i++) {
                    arriving[b][i] = carry[b][i];
                }
                for (int t = steps - 1; t >= 0; t--) {
                    double[] d = delta[t * batch + b];
                    for (int i = 0; i < hidden; i++) {
                        double y = h[(t + 1) * batch + b][i];
                        double slope = cell == Cell.TANH ? 1 - y * y : y > 0 ? 1 : 0;
                        d[i] = (dStates[t * batch + b][i] + arriving[b][i]) * slope;
                    }
                    for (int j = 0; j < hidden; j++) {
                        arriving[b][j] = 0;
                        for (int i = 0; i < hidden && !beginsAnew(t * batch + b); i++) {
                            arriving[b][j] += d[i] * weight[i][j];
                        }
                    }
                }
            }
            near(delta, kit.read(deltaM), "δ");
            near(arriving, kit.read(carryM), "carry");
        }

        void checkStates() {
            double[][] h = new double[(steps + 1) * batch][hidden];
            for (int r = 0; r < h.length; r++) {
                for (int i = 0; i < hidden; i++) {
                    double a = states[r][i];
                    if (r >= batch) {
                        a += (double) biasIh[0][i] + biasHh[0][i];
                        for (int j = 0; j < hidden && !beginsAnew(r - batch); j++) {
                            a += weight[i][j] * h[r - batch][j];
                        }
                        a = cell == Cell.TANH ? Math.tanh(a) : Math.max(0, a);
                        a = lengths != null && r / batch - 1 >= lengths[r % batch] ? 0 : a;
                    }
                    h[r][i] = a;
                }
            }
            near(h, kit.read(statesM), "h");
        }

        /** Of magnitudes of weights in a row or column: so much do operands' errors make of values up to 1. */
        private double largestSum() {
            double largest = 0;
            for (int i = 0; i < hidden; i++) {
                double row = 0;
                double col = 0;
                for (int j = 0; j < hidden; j++) {
                    row += Math.abs(weight[i][j]);
                    col += Math.abs(weight[j][i]);
                }
                largest = Math.max(largest, Math.max(row, col));
            }
            return largest;
        }

        /** The error grows with the products' length and from step to step. */
        private void near(double[][] truth, float[][] actual, String what) {
            double products = operandError * (2 + operandError) * largestSum();
            double tolerance = (0x1p-23 * (hidden + 4) + products) * (steps + 1);
            for (int r = 0; r < truth.length; r++) {
                for (int i = 0; i < hidden; i++) {
                    assertEquals(Double.isFinite(truth[r][i]), Float.isFinite(actual[r][i]), what + " is finite");
                    assertEquals(
                            Double.isFinite(truth[r][i]) ? truth[r][i] : actual[r][i],
                            actual[r][i],
                            tolerance * (Math.abs(truth[r][i]) > 1 ? Math.abs(truth[r][i]) : 1),
                            what + " [" + r + ", " + i + "] of T " + steps + ", B " + batch + ", H " + hidden);
                }
            }
        }
    }
}
