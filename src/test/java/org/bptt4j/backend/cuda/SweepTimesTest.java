package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Costs;
import org.bptt4j.backend.Costs.SweepTime;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.Workload;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a measurement of a card changes: the form that auto takes, and what is estimated. */
class SweepTimesTest {
    private static final List<SweepTime> TIMES = List.of(
            new SweepTime(SweepForm.GRAPH, Cell.TANH, 2, 4, 5),
            new SweepTime(SweepForm.PERSISTENT, Cell.TANH, 2, 4, 1),
            new SweepTime(SweepForm.GRAPH, Cell.TANH, 64, 64, 5),
            new SweepTime(SweepForm.PERSISTENT, Cell.TANH, 64, 64, 9),
            new SweepTime(SweepForm.STEPS, Cell.GRU, 2, 4, 3),
            new SweepTime(SweepForm.GRAPH, Cell.GRU, 2, 4, 8));

    @AfterEach
    void restore() {
        if (!TestDevice.isCard()) {
            SoftGpu.restoreDefaults();
        }
    }

    @Test
    void theNearestShapeDecides() {
        SweepTimes times = new SweepTimes(TIMES);
        assertEquals(SweepForm.PERSISTENT, times.fastest(Cell.TANH, 3, 5).form());
        assertEquals(SweepForm.PERSISTENT, times.fastest(Cell.RELU, 3, 5).form());
        assertEquals(SweepForm.GRAPH, times.fastest(Cell.TANH, 40, 40).form());
        assertEquals(
                SweepForm.GRAPH,
                times.fastest(Cell.TANH, 3, 5, f -> f != SweepForm.PERSISTENT).form());
        assertEquals(SweepForm.STEPS, times.fastest(Cell.GRU, 900, 900).form());
        assertNull(times.fastest(Cell.LSTM, 3, 5));
    }

    /** Persistent launches and graphs of a shape's second sweeps. */
    @ParameterizedTest
    @CsvSource({
        "tanh, 9, 2, 3, FLOAT32, 2, 0",
        "tanh, 3, 2, 3, FLOAT32, 0, 0",
        "tanh, 9, 64, 33, FLOAT32, 0, 4",
        "tanh, 9, 2, 3, TF32, 0, 4",
        "gru, 9, 2, 3, FLOAT32, 0, 0",
        "lstm, 9, 2, 3, FLOAT32, 0, 4"
    })
    void autoTakesTheFastestForm(
            String cell, int steps, int batch, int hidden, Precision precision, long persistent, long graphs) {
        SoftDevice.require();
        SoftDevice.open().close(); // loads
        SoftGpu.set("compute-capability", 80);
        Sweep.Maker maker = SweepChoice.of(SweepForm.AUTO, TIMES);
        try (Backend backend = new CudaBackend(0, maker, precision, Blas.MOST_ELEMENTS);
                SweepData data = new SweepData(backend, Cell.of(cell), steps, batch, hidden, null)) {
            data.sweep();
            backend.synchronize();
            SoftGpu.reset();
            data.sweep();
            backend.synchronize();
            assertEquals(persistent, SoftGpu.sum("kernel.single"));
            assertEquals(graphs, SoftGpu.counter("graph.launch"));
        }
    }

    /** The card that was measured takes what was measured; one of half the clock as much longer as the model says. */
    @Test
    void estimatesFollowTheMeasurement() {
        Costs derived = Costs.builtIn();
        Costs.Card card = new Costs.Card("measured", 100, 128, 1500, 40, 1000);
        Costs.Card slow = new Costs.Card("half", 100, 128, 750, 40, 1000);
        List<SweepTime> times = List.of(new SweepTime(SweepForm.GRAPH, Cell.TANH, 64, 512, 40));
        Costs measured = new Costs("a test", 1.2, derived.cpu(), derived.cuda(), card, times);
        Workload w = Workload.training(RnnSpec.of(8, 512, 8), 64, 1000);
        double before = new CardEstimate(derived, card).millis(w);
        double after = new CardEstimate(measured, card).millis(w);
        // In the model a step takes 6 µs and, on 32 multiprocessors of 384 GFLOP/s, 2·64·512·512 operations.
        double modelled = 6 + 2.0 * 64 * 512 * 512 / (32 * 384e3);
        assertEquals(2 * (40 - modelled), after - before, 1e-9);
        assertTrue(new CardEstimate(measured, slow).millis(w) > after);
    }
}
