package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Costs;
import org.bptt4j.backend.Workload;

/** What the CPU backend would estimate on a machine that is only described, for docs/auto.md. */
public final class CpuModel {
    private CpuModel() {}

    /** Milliseconds of a batch. */
    public static double millis(int threads, int lanes, Workload workload) {
        return new CpuEstimate(Costs.builtIn().cpu(), threads, lanes).millis(workload);
    }
}
