package org.bptt4j.backend.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * a·b + c for scalar code: fused where the processor can, in two roundings elsewhere.
 *
 * <p>{@code Math.fma} without hardware support is exact all the same, through BigDecimal and far slower; only the JVM's own
 * flag tells which it will be.
 */
final class Fma {
    private static final boolean FUSED = asksTheJvm();

    private Fma() {}

    static float fma(float a, float b, float c) {
        return FUSED ? Math.fma(a, b, c) : a * b + c;
    }

    /** Whether a·b + c is one instruction here. */
    static boolean isFused() {
        return FUSED;
    }

    private static boolean asksTheJvm() {
        try {
            HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return Boolean.parseBoolean(jvm.getVMOption("UseFMA").getValue());
        } catch (LinkageError | RuntimeException e) {
            // A runtime image without jdk.management, or another JVM: the slower but safe answer.
            return false;
        }
    }
}
