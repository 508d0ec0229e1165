package org.bptt4j.backend.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The array in which the scalar kernels compute, all of them in one: C2 vectorises a loop only where it sees that its arrays do
 * not overlap, which it does for indexes into one array that differ by constants. A thread takes a section of it and
 * releases it afterwards.
 *
 * <p>C2 begins a loop with as many scalar rounds as it takes to reach an aligned address, at least one. So it matters where the
 * array lies. G1, the JVM's default, puts arrays of more than half a region at the begin of a region and never moves them:
 * this one is as long, and so {@link #base} is a multiple of 64 bytes. Under other collectors it may not be; the results are
 * the same, products take up to twice as long.
 */
final class ScalarMemory {
    /** Floats of the widest vector, and of a cache line. */
    static final int LINE = 16;
    /** Floats of a section. */
    static final int LENGTH = 12 << 10;
    /** Below every index: with it C2 knows that no address overflows. A power of two. */
    static final int BOUND = 1 << 28;

    private static final int SECTIONS = Math.max(16, 2 * Runtime.getRuntime().availableProcessors());
    /** Where a line begins, behind an array's header of 16 bytes. */
    private static final int HEAD = LINE - 16 / Float.BYTES;

    /** All sections; a line before the first one. */
    static final float[] ALL = new float[Math.max(HEAD + LINE + SECTIONS * LENGTH, halfRegion() / Float.BYTES)];

    private static final ScalarMemory[] SECTION = new ScalarMemory[SECTIONS];

    static {
        for (int i = 0; i < SECTIONS; i++) {
            SECTION[i] = new ScalarMemory(HEAD + LINE + i * LENGTH);
        }
    }

    /** First index in {@link #ALL}. What lies one before it is nobody's, so that loops can begin there. */
    final int base;

    /** Where the left factors of each row of a panel lie. */
    final int[] at = new int[ScalarTiles.DEPTH];
    /** A few floats that loops read one by one. */
    final float[] few = new float[LINE];

    private final AtomicBoolean taken = new AtomicBoolean();

    private ScalarMemory(int base) {
        this.base = base;
    }

    /** A section that nobody else has until {@link #release}; waits for one if need be. */
    static ScalarMemory take() {
        for (int i = (int) Thread.currentThread().getId(); ; i++) {
            ScalarMemory section = SECTION[Math.floorMod(i, SECTIONS)];
            if (!section.taken.getPlain() && section.taken.compareAndSet(false, true)) {
                return section;
            }
            Thread.onSpinWait();
        }
    }

    /** Where a loop over n floats from {@link #base} on ends: with a whole line. */
    int end(int n) {
        return base + Split.blocks(n, LINE) * LINE;
    }

    void release() {
        taken.set(false);
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
