package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Gradients of weights that every step shares. */
interface GradientContract extends Contract {
    List<Integer> WIDTHS = List.of(1, 3, 7, 8, 9, 16, 17, 33);

    @Test
    @Covers({"weightGradient", "biasGradient"})
    default void weightAndBiasGradientsAreSumsOverAllRows() {
        for (int n : WIDTHS) {
            for (int m : WIDTHS) {
                gradients(1, 1, n, m);
                gradients(3, 5, n, m);
            }
        }
        gradients(40, 9, 131, 67);
        gradients(40, 9, 19, 150);
        gradients(9, 33, 300, 17);
    }

    private void gradients(int steps, int batch, int n, int m) {
        float[][] delta = kit().random(steps * batch, n);
        float[][] input = kit().random(steps * batch, m);
        float[][] old = kit().random(n, m);
        float[][] oldBias = kit().random(1, n);
        Sums weight = new Sums(n, m);
        weight.add(old);
        Sums bias = new Sums(1, n);
        bias.add(oldBias);
        for (int r = 0; r < steps * batch; r++) {
            for (int i = 0; i < n; i++) {
                bias.add(0, i, delta[r][i]);
                for (int j = 0; j < m; j++) {
                    weight.add(i, j, (double) delta[r][i] * input[r][j]);
                }
            }
        }
        Matrix d = kit().matrix(delta);
        Matrix g = kit().matrix(old);
        Matrix gb = kit().matrix(oldBias);
        backend().weightGradient(d, kit().matrix(input), batch, g);
        backend().biasGradient(d, batch, gb);
        weight.check(kit().read(g), gradientOperandError(), "weight gradient");
        bias.check(kit().read(gb), "bias gradient");
    }

    @Test
    @Covers("scatterColumns")
    default void columnsAreScattered() {
        for (int n : WIDTHS) {
            for (int symbols : new int[] {1, 2, 9, 33}) {
                scatter(4, 3, n, symbols);
            }
        }
        scatter(60, 33, 67, 5);
        scatter(9, 17, 3, 700);
        scatter(200, 101, 1, 3);
    }

    private void scatter(int steps, int batch, int n, int symbols) {
        int[] ids = kit().random.ints((long) steps * batch, 0, symbols).toArray();
        float[][] delta = kit().random(ids.length, n);
        float[][] old = kit().random(n, symbols);
        Sums sums = new Sums(n, symbols);
        sums.add(old);
        for (int r = 0; r < ids.length; r++) {
            for (int j = 0; j < n; j++) {
                sums.add(j, ids[r], delta[r][j]);
            }
        }
        Matrix gradient = kit().matrix(old);
        backend().scatterColumns(kit().ints(ids), kit().matrix(delta), batch, gradient);
        sums.check(kit().read(gradient), "scattered columns");
    }

    /** t descending: the later piece first. */
    @Test
    @Covers({"weightGradient", "biasGradient", "scatterColumns"})
    default void aCutSweepGivesTheSameBits() {
        int steps = 30;
        int batch = 11;
        int n = 37;
        int m = 45;
        Matrix delta = kit().randomMatrix(steps * batch, n);
        Matrix input = kit().randomMatrix(steps * batch, m);
        Ints ids = kit().ints(kit().random.ints((long) steps * batch, 0, m).toArray());
        float[][][] whole = accumulated(delta, input, ids, batch, 0, steps);
        assertArrayEquals(whole, accumulated(delta, input, ids, batch, 0, 1, 13, 14, 29, steps));
        assertArrayEquals(whole, accumulated(delta, input, ids, batch, 0, 24, steps));
    }

    private float[][][] accumulated(Matrix delta, Matrix input, Ints ids, int batch, int... cuts) {
        Matrix weight = kit().matrix(new float[delta.cols()][input.cols()]);
        Matrix bias = kit().matrix(new float[1][delta.cols()]);
        Matrix columns = kit().matrix(new float[delta.cols()][input.cols()]);
        for (int i = cuts.length - 1; i > 0; i--) {
            long row = (long) cuts[i - 1] * batch;
            long count = (long) cuts[i] * batch - row;
            backend().weightGradient(delta.rows(row, count), input.rows(row, count), batch, weight);
            backend().biasGradient(delta.rows(row, count), batch, bias);
            backend().scatterColumns(ids.slice(row, count), delta.rows(row, count), batch, columns);
        }
        return new float[][][] {kit().read(weight), kit().read(bias), kit().read(columns)};
    }

    @Test
    default void noStepsAddNothing() {
        Matrix none = kit().matrix(new float[0][], 4);
        float[][] old = kit().random(4, 4);
        Matrix gradient = kit().matrix(old);
        Matrix bias = kit().matrix(new float[][] {old[0]});
        backend().weightGradient(none, none, 3, gradient);
        backend().scatterColumns(kit().ints(), none, 3, gradient);
        backend().biasGradient(none, 3, bias);
        assertArrayEquals(old, kit().read(gradient));
        assertArrayEquals(old[0], kit().read(bias)[0]);
    }
}
