package org.bptt4j.backend.cpu;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that decides between vector and scalar kernels. No class that mentions the Vector API is loaded before the
 * decision.
 */
final class KernelChoice {
    private static final Logger LOG = LoggerFactory.getLogger(KernelChoice.class);
    private static final String MODULE = "jdk.incubator.vector";

    private KernelChoice() {}

    /** Whether the JVM was started with the vector module. */
    static boolean hasVectorModule() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }

    /** Vector kernels where the JVM has the module, else scalar ones with one log line that tells the remedy. */
    static Kernels best() {
        if (!hasVectorModule()) {
            LOG.info(
                    "CPU kernels run without the vector module, two to three times slower; "
                            + "start the JVM with --add-modules {} to have them",
                    MODULE);
            return new ScalarKernels();
        }
        if (!Fma.isFused()) {
            LOG.info("this processor has no fused multiply-add (or the JVM does not say so): using scalar CPU kernels");
            return new ScalarKernels();
        }
        Kernels vector = new VectorKernels();
        if (vector.panelWidth() < 8) {
            LOG.info("CPU vectors have fewer than 4 float lanes here; using scalar kernels");
            return new ScalarKernels();
        }
        return vector;
    }
}
