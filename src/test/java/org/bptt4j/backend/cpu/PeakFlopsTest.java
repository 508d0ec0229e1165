package org.bptt4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PeakFlopsTest {
    @Test
    void measuresSomething() {
        double gflops = PeakFlops.measure(2);
        assertTrue(gflops > 0 && Double.isFinite(gflops), () -> gflops + " GFLOP/s");
    }
}
