package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.CpuArray.floats;

import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Report;
import org.bptt4j.backend.Update;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Optimizer;

/**
 * The global norm, clipping and the update rules of {@link Optimizer}: plain loops, which C2 vectorises. One operation at a time:
 * its operands are fields, which all threads read.
 */
final class Optimizers {
    /** Elements of one partial sum, and of one piece of work. */
    private static final int BLOCK = 4096;
    /** PyTorch's guard against division by a norm of zero. */
    private static final double NORM_EPSILON = 1e-6;

    /** What is done with the elements {@code from … to−1}. */
    private interface BlockAction {
        void run(int from, int to);
    }

    private final Workers workers;
    private final BlockAction sumBlock = this::sumBlock;
    private final BlockAction clipBlock = this::clipBlock;
    private final BlockAction updateBlock = this::updateBlock;
    private final Workers.Job blocksPart = this::blocksPart;
    private double[] partial = new double[0];

    private BlockAction action;
    private DeviceArray gradients;
    private Update update;
    private double rate;
    private long number;
    private float coefficient;
    private float limit;
    /** Whether an element was beyond the limit; any thread says so. */
    private volatile boolean clamped;

    Optimizers(Workers workers) {
        this.workers = workers;
    }

    /** ‖g‖₂ in double: the square of the largest float is 10⁷⁷. */
    void globalNorm(DeviceArray g, DeviceArray report) {
        int blocks = blocks(g);
        partial = Workspace.doubles(partial, blocks);
        forBlocks(g, sumBlock);
        double sum = 0;
        for (int i = 0; i < blocks; i++) {
            sum += partial[i];
        }
        float[] slots = floats(report);
        slots[Report.NORM] = (float) Math.sqrt(sum);
        if (!Double.isFinite(sum)) {
            slots[Report.NON_FINITE] = 1;
        }
    }

    private void sumBlock(int from, int to) {
        partial[from / BLOCK] = sumOfSquares(floats(gradients), from, to);
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

    void clip(Clipping clipping, DeviceArray g, DeviceArray report) {
        setClipping(clipping, floats(report));
        forBlocks(g, clipBlock);
        reportClamped(floats(report));
    }

    private void clipBlock(int from, int to) {
        float[] g = floats(gradients);
        noteClamped(g, from, to);
        float c = coefficient;
        float l = limit;
        for (int i = from; i < to; i++) {
            g[i] = clipped(g[i], c, l);
        }
    }

    private void setClipping(Clipping clipping, float[] report) {
        coefficient = clipping.kind() == Clipping.Kind.NORM
                ? (float) Math.min(1, clipping.limit() / (report[Report.NORM] + NORM_EPSILON))
                : 1f;
        report[Report.COEFFICIENT] = coefficient;
        limit = clipping.kind() == Clipping.Kind.VALUE ? clipping.limit() : Float.POSITIVE_INFINITY;
        clamped = false;
    }

    /** A pass of its own before the rule's, whose loop stays as short as it is; the first element beyond the limit ends it. */
    private void noteClamped(float[] g, int from, int to) {
        float l = limit;
        if (l == Float.POSITIVE_INFINITY || clamped) {
            return;
        }
        for (int i = from; i < to; i++) {
            if (Math.abs(g[i]) > l) {
                clamped = true;
                return;
            }
        }
    }

    private void reportClamped(float[] report) {
        if (clamped) {
            report[Report.CLAMPED] = 1;
        }
    }

    private static float clipped(float g, float coefficient, float limit) {
        return Math.max(-limit, Math.min(limit, g * coefficient));
    }

    void update(Update u, double learningRate, long updateNumber) {
        float[] report = floats(u.report());
        if (report[Report.NON_FINITE] != 0) {
            return;
        }
        report[Report.UPDATES]++;
        setClipping(u.clipping(), report);
        update = u;
        rate = learningRate;
        number = updateNumber;
        forBlocks(u.gradients(), updateBlock);
        reportClamped(report);
    }

    private void updateBlock(int from, int to) {
        Optimizer o = update.optimizer();
        float[] p = floats(update.parameters());
        float[] g = floats(gradients);
        noteClamped(g, from, to);
        float[] first = floats(update.states()[0]);
        switch (o.kind()) {
            case SGD -> sgd(o, (float) rate, coefficient, limit, p, g, first, from, to);
            case RMSPROP -> rmsprop(o, (float) rate, coefficient, limit, p, g, first, from, to);
            case ADAM, ADAMW -> {
                float[] second = floats(update.states()[1]);
                adam(o, rate, number, coefficient, limit, p, g, first, second, from, to);
            }
        }
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

    private static int blocks(DeviceArray array) {
        return Split.blocks((int) array.length(), BLOCK);
    }

    private void forBlocks(DeviceArray g, BlockAction what) {
        gradients = g;
        action = what;
        workers.run(Split.parts(blocks(g), 1, Split.FUNCTION * g.length(), workers), blocksPart);
    }

    private void blocksPart(int part, int parts) {
        int blocks = blocks(gradients);
        int end = Split.start(part + 1, parts, blocks, 1);
        for (int block = Split.start(part, parts, blocks, 1); block < end; block++) {
            action.run(block * BLOCK, Split.blockEnd(block, BLOCK, (int) gradients.length()));
        }
    }
}
