package org.bptt4j.backend.cpu;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The one place that decides between vector and scalar kernels. No class that mentions the Vector API is loaded before the
 * decision.
 */
final class KernelChoice {
    private static final System.Logger LOG = System.getLogger(KernelChoice.class.getName());
    private static final String MODULE = "jdk.incubator.vector";
    private static final int LEAST_LANES = 4;
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private KernelChoice() {}

    /** Whether the JVM was started with the vector module. */
    static boolean hasVectorModule() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }

    /** Float32 lanes of the vectors that {@link #best} computes with; 0 for scalar kernels. */
    static int lanes() {
        int lanes = hasVectorModule() && Fma.isFused() ? VectorPeak.lanes() : 0;
        return lanes < LEAST_LANES ? 0 : lanes;
    }

    /** Vector kernels where the JVM has the module, else scalar ones with one log line in a process that tells the remedy. */
    static Kernels best() {
        if (!hasVectorModule()) {
            return scalar(
                    "the JVM runs without --add-modules " + MODULE,
                    System.Logger.Level.WARNING,
                    "CPU kernels run without the vector module, two to three times slower; start the JVM with --add-modules "
                            + MODULE + " to have them");
        }
        if (!Fma.isFused()) {
            String reason = "this processor has no fused multiply-add, or the JVM does not say so";
            return scalar(reason, System.Logger.Level.INFO, reason + ": using scalar CPU kernels");
        }
        Kernels vector = new VectorKernels();
        if (lanes() < LEAST_LANES) {
            String reason = "CPU vectors have fewer than 4 float lanes here";
            return scalar(reason, System.Logger.Level.INFO, reason + "; using scalar kernels");
        }
        return vector;
    }

    /** Scalar kernels, which say why they are no vector kernels wherever a backend describes itself. */
    private static Kernels scalar(String reason, System.Logger.Level level, String line) {
        if (SAID.compareAndSet(false, true)) {
            LOG.log(level, line);
        }
        return new ScalarKernels(reason);
    }
}
