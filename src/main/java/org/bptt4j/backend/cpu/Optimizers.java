package org.bptt4j.backend.cpu;

import java.util.Arrays;
import org.bptt4j.backend.Report;
import org.bptt4j.backend.Update;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Optimizer;

/** The global norm, clipping and the update rules of {@link Optimizer}: plain loops, which C2 vectorises. */
final class Optimizers {
    /** Elements of one partial sum, and of one piece of work. */
    private static final int BLOCK = 4096;
    /** PyTorch's guard against division by a norm of zero. */
    private static final double NORM_EPSILON = 1e-6;

    private final Workers workers;
    private double[] partial = new double[0];

    Optimizers(Workers workers) {
        this.workers = workers;
    }

    /** ‖g‖₂ in double: the square of the largest float is 10⁷⁷. */
    void globalNorm(float[] g, float[] report) {
        int blocks = Split.blocks(g.length, BLOCK);
        if (partial.length < blocks) {
            partial = new double[blocks];
        }
        forBlocks(g.length, (from, to) -> partial[from / BLOCK] = sumOfSquares(g, from, to));
        double sum = 0;
        for (int i = 0; i < blocks; i++) {
            sum += partial[i];
        }
        report[Report.NORM] = (float) Math.sqrt(sum);
        if (!Double.isFinite(sum)) {
            report[Report.NON_FINITE] = 1;
        }
    }

    private static double sumOfSquares(float[] g, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            s0 += (double) g[i] * g[i];
            s1 += (double) g[i + 1] * g[i + 1];
            s2 += (double) g[i + 2] * g[i + 2];
            s3 += (double) g[i + 3] * g[i + 3];
        }
        for (; i < to; i++) {
            s0 += (double) g[i] * g[i];
        }
        return s0 + s1 + (s2 + s3);
    }

    void clip(Clipping clipping, float[] g, float[] report) {
        float c = coefficient(clipping, report);
        float limit = limit(clipping);
        forBlocks(g.length, (from, to) -> {
            for (int i = from; i < to; i++) {
                g[i] = clipped(g[i], c, limit);
            }
        });
    }

    private static float coefficient(Clipping clipping, float[] report) {
        float c = clipping.kind() == Clipping.Kind.NORM
                ? (float) Math.min(1, clipping.limit() / (report[Report.NORM] + NORM_EPSILON))
                : 1f;
        report[Report.COEFFICIENT] = c;
        return c;
    }

    private static float limit(Clipping clipping) {
        return clipping.kind() == Clipping.Kind.VALUE ? clipping.limit() : Float.POSITIVE_INFINITY;
    }

    private static float clipped(float g, float coefficient, float limit) {
        return Math.max(-limit, Math.min(limit, g * coefficient));
    }

    void update(Update u, double rate, long number) {
        float[] report = ((CpuArray) u.report()).floats();
        if (report[Report.NON_FINITE] != 0) {
            return;
        }
        report[Report.UPDATES]++;
        float c = coefficient(u.clipping(), report);
        float[] p = ((CpuArray) u.parameters()).floats();
        float[] g = ((CpuArray) u.gradients()).floats();
        float[][] s =
                Arrays.stream(u.states()).map(a -> ((CpuArray) a).floats()).toArray(float[][]::new);
        float limit = limit(u.clipping());
        Optimizer o = u.optimizer();
        forBlocks(p.length, (from, to) -> {
            switch (o.kind()) {
                case SGD -> sgd(o, (float) rate, c, limit, p, g, s[0], from, to);
                case RMSPROP -> rmsprop(o, (float) rate, c, limit, p, g, s[0], from, to);
                case ADAM, ADAMW -> adam(o, rate, number, c, limit, p, g, s[0], s[1], from, to);
            }
        });
    }

    private static void sgd(
            Optimizer o, float rate, float c, float limit, float[] p, float[] g, float[] m, int from, int to) {
        float decay = (float) o.weightDecay();
        float mu = (float) o.momentum();
        for (int i = from; i < to; i++) {
            float d = clipped(g[i], c, limit) + decay * p[i];
            m[i] = mu * m[i] + d;
            p[i] -= rate * (o.nesterov() ? d + mu * m[i] : m[i]);
        }
    }

    private static void rmsprop(
            Optimizer o, float rate, float c, float limit, float[] p, float[] g, float[] v, int from, int to) {
        float decay = (float) o.weightDecay();
        float alpha = (float) o.decay();
        float rest = (float) (1 - o.decay());
        float epsilon = (float) o.epsilon();
        for (int i = from; i < to; i++) {
            float d = clipped(g[i], c, limit) + decay * p[i];
            v[i] = alpha * v[i] + rest * d * d;
            p[i] -= rate * d / ((float) Math.sqrt(v[i]) + epsilon);
        }
    }

    private static void adam(
            Optimizer o,
            double rate,
            long number,
            float c,
            float limit,
            float[] p,
            float[] g,
            float[] m,
            float[] v,
            int from,
            int to) {
        boolean decoupled = o.kind() == Optimizer.Kind.ADAMW;
        float keep = decoupled ? (float) (1 - rate * o.weightDecay()) : 1f;
        float decay = decoupled ? 0f : (float) o.weightDecay();
        float beta1 = (float) o.momentum();
        float rest1 = (float) (1 - o.momentum());
        float beta2 = (float) o.decay();
        float rest2 = (float) (1 - o.decay());
        float epsilon = (float) o.epsilon();
        float step = (float) (rate / (1 - Math.pow(o.momentum(), (double) number)));
        float unbias = (float) (1 / Math.sqrt(1 - Math.pow(o.decay(), (double) number)));
        for (int i = from; i < to; i++) {
            float d = clipped(g[i], c, limit) + decay * p[i];
            m[i] = beta1 * m[i] + rest1 * d;
            v[i] = beta2 * v[i] + rest2 * d * d;
            p[i] = p[i] * keep - step * m[i] / ((float) Math.sqrt(v[i]) * unbias + epsilon);
        }
    }

    private interface BlockAction {
        void run(int from, int to);
    }

    private void forBlocks(int length, BlockAction action) {
        int blocks = Split.blocks(length, BLOCK);
        workers.run(Split.parts(blocks, 1, (long) Split.FUNCTION * length, workers), (part, parts) -> {
            int end = Split.start(part + 1, parts, blocks, 1);
            for (int block = Split.start(part, parts, blocks, 1); block < end; block++) {
                action.run(block * BLOCK, Split.blockEnd(block, BLOCK, length));
            }
        });
    }
}
