package org.bptt4j.backend.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * The array in which the scalar kernels compute, all of them in one: C2 vectorises a loop only where it sees that its arrays do
 * not overlap, which it does for indexes into one array that differ by constants.
 *
 * <p>C2 begins a loop with as many scalar rounds as it takes to reach an aligned address, at least one. So it matters where the
 * array lies. G1, the JVM's default, puts arrays of half a region and more at the begin of a region and never moves them:
 * this one is as long, and index {@link #ALIGNED} is then a multiple of 64 bytes. Under other collectors it is not; results
 * are the same, products take up to twice as long.
 */
final class ScalarMemory {
    /** Floats of the widest vector. */
    static final int LINE = 16;
    /** Behind an array's header of 16 bytes. */
    static final int ALIGNED = 12;

    private ScalarMemory() {}

    /** At least {@code length} floats. */
    static float[] allocate(int length) {
        return new float[Math.max(length, halfRegion() / Float.BYTES)];
    }

    private static int halfRegion() {
        try {
            HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            boolean g1 = Boolean.parseBoolean(jvm.getVMOption("UseG1GC").getValue());
            return g1 ? Integer.parseInt(jvm.getVMOption("G1HeapRegionSize").getValue()) / 2 : 0;
        } catch (LinkageError | RuntimeException e) {
            // A runtime image without jdk.management, or another JVM.
            return 0;
        }
    }
}
