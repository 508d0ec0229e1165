package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Update;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Optimizer;

/** The global norm, clipping and the update rules. The norm and the clip coefficient stay on the device. */
final class Optimizers {
    private static final int MOST_BLOCKS = 1 << 16;

    private final Kernel sumOfSquares;
    private final Kernel norm;
    private final Kernel clip;
    private final Kernel sgd;
    private final Kernel rmsprop;
    private final Kernel adam;
    private final long partial;

    Optimizers(Kernels kernels, Partials partials) {
        sumOfSquares = kernels.get("sum_of_squares", 3);
        norm = kernels.get("global_norm", 3);
        clip = kernels.get("clip", 5);
        sgd = kernels.get("sgd", 11);
        rmsprop = kernels.get("rmsprop", 12);
        adam = kernels.get("adam", 17);
        partial = partials.address();
    }

    /** ‖g‖₂ in two passes, in an order that depends on the length only. */
    void globalNorm(CudaArray g, CudaArray report) {
        long blocks = Partials.blocks(g.length(), 4 * Kernel.THREADS);
        sumOfSquares.pointer(g.address(0)).number(g.length()).pointer(partial).launchFlat(blocks);
        norm.pointer(partial).number(blocks).pointer(report.address(0)).launchFlat(1);
    }

    /** Clips in place. */
    void clip(Clipping clipping, CudaArray g, CudaArray report) {
        clip.pointer(g.address(0)).number(g.length()).real(maxNorm(clipping)).real(limit(clipping));
        clip.pointer(report.address(0)).launchFlat(blocks(g));
    }

    /** What clipCoefficient in kernels/clipping.cuh takes: the largest norm, or −1 for any. */
    private static float maxNorm(Clipping clipping) {
        return clipping.kind() == Clipping.Kind.NORM ? clipping.limit() : -1;
    }

    private static float limit(Clipping clipping) {
        return clipping.kind() == Clipping.Kind.VALUE ? clipping.limit() : Float.POSITIVE_INFINITY;
    }

    private static long blocks(CudaArray array) {
        return Math.max(1, Math.min(MOST_BLOCKS, Kernel.pieces(array.length(), Kernel.THREADS)));
    }

    /** Clip, weight decay, step. */
    void update(Update u, double rate, long number) {
        switch (u.optimizer().kind()) {
            case SGD -> sgd(u, rate);
            case RMSPROP -> rmsprop(u, rate);
            case ADAM, ADAMW -> adam(u, rate, number);
        }
    }

    /** The arguments with which every rule begins: gradients, clipping, report, parameters, averages. */
    private static Kernel begin(Kernel rule, Update u) {
        CudaArray g = (CudaArray) u.gradients();
        rule.pointer(g.address(0)).number(g.length());
        rule.real(maxNorm(u.clipping())).real(limit(u.clipping()));
        rule.pointer(((CudaArray) u.report()).address(0)).pointer(((CudaArray) u.parameters()).address(0));
        for (int i = 0; i < u.optimizer().kind().states(); i++) {
            rule.pointer(((CudaArray) u.states()[i]).address(0));
        }
        return rule;
    }

    private void sgd(Update u, double rate) {
        Optimizer o = u.optimizer();
        begin(sgd, u).real((float) rate).real((float) o.weightDecay()).real((float) o.momentum());
        sgd.number(o.nesterov() ? 1 : 0).launchFlat(blocks((CudaArray) u.gradients()));
    }

    private void rmsprop(Update u, double rate) {
        Optimizer o = u.optimizer();
        begin(rmsprop, u).real((float) rate).real((float) o.weightDecay());
        rmsprop.real((float) o.decay()).real((float) (1 - o.decay())).real((float) o.epsilon());
        rmsprop.launchFlat(blocks((CudaArray) u.gradients()));
    }

    private void adam(Update u, double rate, long number) {
        Optimizer o = u.optimizer();
        boolean decoupled = o.kind() == Optimizer.Kind.ADAMW;
        double step = rate / (1 - Math.pow(o.momentum(), (double) number));
        double unbias = 1 / Math.sqrt(1 - Math.pow(o.decay(), (double) number));
        begin(adam, u).real((float) step);
        adam.real(decoupled ? (float) (1 - rate * o.weightDecay()) : 1).real(decoupled ? 0 : (float) o.weightDecay());
        adam.real((float) o.momentum()).real((float) (1 - o.momentum()));
        adam.real((float) o.decay()).real((float) (1 - o.decay()));
        adam.real((float) unbias).real((float) o.epsilon());
        adam.launchFlat(blocks((CudaArray) u.gradients()));
    }
}
