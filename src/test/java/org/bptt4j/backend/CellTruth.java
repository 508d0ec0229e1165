package org.bptt4j.backend;

import org.bptt4j.spec.Cell;

/** A cell's formula and its derivative for one hidden unit, in double. */
public interface CellTruth {
    /**
     * @param a A + b_ih of each gate
     * @param p P + b_hh of each gate
     * @param state h_t and c_t, in; h_{t+1} and c_{t+1}, out
     * @param kept what the way back needs, out
     */
    void forward(double[] a, double[] p, double[] state, double[] kept);

    /**
     * @param before h_t and c_t
     * @param after h_{t+1} and c_{t+1}
     * @param dState ∂L/∂h_{t+1} and ∂L/∂c_{t+1}, in; what reaches h_t beside the product, and c_t, out
     * @param da gradient of A, out
     * @param dp gradient of P, out
     */
    void backward(double[] kept, double[] before, double[] after, double[] dState, double[] da, double[] dp);

    static CellTruth of(Cell cell) {
        return switch (cell.name()) {
            case "tanh" -> new Plain(true);
            case "relu" -> new Plain(false);
            case "gru" -> new Gru();
            case "lstm" -> new Lstm();
            default -> throw new IllegalArgumentException("no truth of a " + cell + " cell");
        };
    }

    private static double sigmoid(double a) {
        return 1 / (1 + Math.exp(-a));
    }

    /** f of a sum. */
    record Plain(boolean tanh) implements CellTruth {
        @Override
        public void forward(double[] a, double[] p, double[] state, double[] kept) {
            state[0] = tanh ? Math.tanh(a[0] + p[0]) : Math.max(0, a[0] + p[0]);
            kept[0] = state[0];
        }

        @Override
        public void backward(
                double[] kept, double[] before, double[] after, double[] dState, double[] da, double[] dp) {
            double y = after[0];
            da[0] = dState[0] * (tanh ? 1 - y * y : y > 0 ? 1 : 0);
            dp[0] = da[0];
            dState[0] = 0;
        }
    }

    /** Keeps r, z, n, q. */
    record Gru() implements CellTruth {
        @Override
        public void forward(double[] a, double[] p, double[] state, double[] kept) {
            kept[0] = sigmoid(a[0] + p[0]);
            kept[1] = sigmoid(a[1] + p[1]);
            kept[2] = Math.tanh(a[2] + kept[0] * p[2]);
            kept[3] = p[2];
            state[0] = (1 - kept[1]) * kept[2] + kept[1] * state[0];
        }

        @Override
        public void backward(
                double[] kept, double[] before, double[] after, double[] dState, double[] da, double[] dp) {
            double r = kept[0];
            double z = kept[1];
            double n = kept[2];
            double dh = dState[0];
            da[2] = dh * (1 - z) * (1 - n * n);
            da[1] = dh * (before[0] - n) * z * (1 - z);
            da[0] = da[2] * kept[3] * r * (1 - r);
            dp[0] = da[0];
            dp[1] = da[1];
            dp[2] = da[2] * r;
            dState[0] = dh * z;
        }
    }

    /** Keeps i, f, g, o. */
    record Lstm() implements CellTruth {
        @Override
        public void forward(double[] a, double[] p, double[] state, double[] kept) {
            for (int k = 0; k < 4; k++) {
                kept[k] = k == 2 ? Math.tanh(a[k] + p[k]) : sigmoid(a[k] + p[k]);
            }
            state[1] = kept[1] * state[1] + kept[0] * kept[2];
            state[0] = kept[3] * Math.tanh(state[1]);
        }

        @Override
        public void backward(
                double[] kept, double[] before, double[] after, double[] dState, double[] da, double[] dp) {
            double y = Math.tanh(after[1]);
            double dh = dState[0];
            double dc = dState[1] + dh * kept[3] * (1 - y * y);
            da[0] = dc * kept[2] * kept[0] * (1 - kept[0]);
            da[1] = dc * before[1] * kept[1] * (1 - kept[1]);
            da[2] = dc * kept[0] * (1 - kept[2] * kept[2]);
            da[3] = dh * y * kept[3] * (1 - kept[3]);
            System.arraycopy(da, 0, dp, 0, 4);
            dState[0] = 0;
            dState[1] = dc * kept[1];
        }
    }
}
