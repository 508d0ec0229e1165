package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which form runs, as the table in {@link SweepChoice} has it. */
class SweepChoiceTest {
    @AfterEach
    void nothingIsLeft() {
        Leaks.assertNone("after close");
    }

    /** Launches of graphs in a shape's first sweeps and in its second ones. */
    @ParameterizedTest
    @CsvSource({
        "STEPS, 3, 0, 0",
        "STEPS, 9, 0, 0",
        "GRAPH, 1, 0, 2",
        "GRAPH, 2, 2, 2",
        "GRAPH, 9, 2, 4",
        "AUTO, 3, 0, 0",
        "AUTO, 4, 0, 2",
        "AUTO, 9, 0, 4"
    })
    void launchesOfGraphs(SweepForm form, int steps, long first, long second) {
        try (Backend backend = SoftDevice.open(form);
                SweepData data = new SweepData(backend, Cell.TANH, steps, 2, 3, null)) {
            SoftGpu.reset();
            data.sweep();
            assertEquals(first, SoftGpu.counter("graph.launch"));
            SoftGpu.reset();
            data.sweep();
            assertEquals(second, SoftGpu.counter("graph.launch"));
        }
    }

    @Test
    void persistentKernelsRunWhereTheyAreAskedFor() {
        try (Backend backend = SoftDevice.open(SweepForm.PERSISTENT);
                SweepData data = new SweepData(backend, Cell.TANH, 9, 2, 3, null)) {
            SoftGpu.reset();
            data.sweep();
            backend.synchronize();
            assertEquals(2, SoftGpu.counter("launch"));
            assertEquals(1, SoftGpu.counter("kernel.single_forward_32"));
            assertEquals(1, SoftGpu.counter("kernel.single_backward_32"));
        }
    }
}
