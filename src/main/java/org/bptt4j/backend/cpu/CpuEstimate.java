package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Costs;
import org.bptt4j.backend.Workload;

/** What a batch takes on so many threads with vectors of so many lanes: the model behind {@code auto}, with the constants of {@link Costs}. */
final class CpuEstimate {
    private final Costs.Cpu costs;
    private final int threads;
    /** GFLOP/s of a thread in large products. */
    private final double peak;

    /** @param lanes float32 lanes of a vector, 0 for scalar kernels */
    CpuEstimate(Costs.Cpu costs, int threads, int lanes) {
        this.costs = costs;
        this.threads = threads;
        this.peak = lanes == 0 ? costs.scalarGflops() : lanes * costs.laneGflops();
    }

    /** By as many of the threads as are worth it: small work is not dealt out to all. */
    double millis(Workload w) {
        double least = millis(w, threads);
        for (int fewer = 1; fewer < threads; fewer *= 2) {
            least = Math.min(least, millis(w, fewer));
        }
        return least;
    }

    private double millis(Workload w, int busy) {
        double hidden = w.net().hiddenSize();
        double flopPerMicro = 1e3 * busy * peak * hidden / (hidden + costs.hiddenHalf());
        double step = w.flopPerSweepStep() / flopPerMicro;
        if (w.recurrentBytes() > costs.cacheMib() * (1 << 20)) {
            step = Math.max(step, w.recurrentBytes() / (1e3 * costs.memoryGbs()));
        }
        step += costs.stepMicros() * Math.log(busy) / Math.log(2);
        double products = (w.flop() - w.sweepSteps() * w.flopPerSweepStep()) / flopPerMicro;
        double update = w.updateBytes() / (1e3 * costs.memoryGbs());
        return (w.sweepSteps() * step + products + update) / 1e3;
    }
}
