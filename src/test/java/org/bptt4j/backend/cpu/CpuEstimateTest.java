package org.bptt4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bptt4j.backend.Workload;
import org.bptt4j.roofline.Row;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;

/** What the CPU is estimated to take, against docs/benchmarks.md. */
class CpuEstimateTest {
    private static final int LANES = 16;

    /** Two threads of the machine that was measured; without the update, which was not. */
    @Test
    void theMeasuredRows() {
        for (Row row : Row.GRID) {
            Workload w =
                    Workload.training(RnnSpec.of(row.input(), row.hidden(), row.output()), row.batch(), row.steps());
            double update = w.updateBytes() / 20e6;
            assertEquals(row.cpu(), CpuModel.millis(2, LANES, w) - update, 0.15 * row.cpu(), w.toString());
        }
    }

    /** 2·T·B·(IH + H² + HO) forward; three times that with the way back, but for the gradient of x. */
    @Test
    void theProducts() {
        RnnSpec net = RnnSpec.of(5, 7, 3);
        double forward = 2.0 * 4 * 6 * (5 * 7 + 7 * 7 + 7 * 3);
        assertEquals(forward, Workload.evaluation(net, 4, 6).flop());
        assertEquals(
                3 * forward - 2.0 * 4 * 6 * 5 * 7, Workload.training(net, 4, 6).flop());
        assertEquals(
                2.0 * 4 * 6 * (7 * 7 + 7 * 3),
                Workload.evaluation(net, 4, 6).withSymbols().flop());
        RnnSpec deep = net.withLayers(2).inBothDirections();
        assertEquals(
                2.0 * 4 * 6 * (2 * 5 * 7 + 4 * 7 * 7 + 2 * 14 * 7 + 14 * 3),
                Workload.evaluation(deep, 4, 6).flop());
        assertEquals(2 * 2 * 2 * 6, Workload.training(deep, 4, 6).sweepSteps());
    }

    @Test
    void slowerWithoutVectorsAndWithFewerThreads() {
        Workload w = Workload.training(RnnSpec.of(64, 256, 64), 16, 100);
        double two = CpuModel.millis(2, LANES, w);
        assertTrue(CpuModel.millis(1, LANES, w) > 1.5 * two);
        assertTrue(CpuModel.millis(2, 8, w) > 1.5 * two);
        assertTrue(CpuModel.millis(2, 0, w) > 2 * two);
    }

    /** One row of few units: a thread by itself does not wait for others. */
    @Test
    void noSlowerWithMoreThreads() {
        Workload small = Workload.training(RnnSpec.of(1, 16, 1), 1, 100);
        assertEquals(CpuModel.millis(1, LANES, small), CpuModel.millis(64, LANES, small));
    }
}
