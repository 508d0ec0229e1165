package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sweeps by graphs: the bits of single steps, few graphs for all lengths, a bounded cache, and what is left when one fails. */
class GraphSweepTest {
    @AfterEach
    void nothingIsLeft() {
        SoftGpu.restoreDefaults();
        Leaks.assertNone("after close");
    }

    private static float[] swept(SweepForm form, Cell cell, int steps, int batch, int hidden, int[] lengths) {
        try (Backend backend = SoftDevice.open(form);
                SweepData data = new SweepData(backend, cell, steps, batch, hidden, lengths)) {
            data.sweep();
            float[] first = data.read();
            data.reset();
            data.sweep();
            assertArrayEquals(first, data.read(), "the second sweep of the shape");
            return first;
        }
    }

    /** Lengths that end with a graph's last step, one before and one behind; that need every number of pieces, and rounding up. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "2, 1, 7",
        "3, 5, 1",
        "4, 2, 3",
        "5, 1, 13",
        "16, 3, 2",
        "31, 2, 5",
        "32, 7, 3",
        "63, 1, 3",
        "127, 2, 2",
        "255, 3, 5",
        "256, 1, 2",
        "257, 2, 3",
        "258, 1, 1",
        "511, 1, 2",
        "768, 2, 1",
        "1009, 1, 3"
    })
    void theBitsAreThoseOfSingleSteps(int steps, int batch, int hidden) {
        for (Cell cell : Cell.all()) {
            float[] expected = swept(SweepForm.STEPS, cell, steps, batch, hidden, null);
            assertArrayEquals(expected, swept(SweepForm.GRAPH, cell, steps, batch, hidden, null));
            assertArrayEquals(expected, swept(SweepForm.AUTO, cell, steps, batch, hidden, null));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 37, 300})
    void lengthsAreThoseOfSingleSteps(int steps) {
        int[] lengths = {steps, 1, (steps + 1) / 2};
        for (Cell cell : Cell.all()) {
            float[] expected = swept(SweepForm.STEPS, cell, steps, 3, 5, lengths);
            assertArrayEquals(expected, swept(SweepForm.GRAPH, cell, steps, 3, 5, lengths));
            boolean same = Arrays.equals(expected, swept(SweepForm.STEPS, cell, steps, 3, 5, null));
            assertEquals(steps == 1, same, "rows have ended");
        }
    }

    /** Graphs that were recorded for one mask, or for none, serve every other. */
    @ParameterizedTest
    @ValueSource(ints = {1, 6, 37, 300})
    void resetsAreThoseOfSingleSteps(int steps) {
        for (Cell cell : Cell.all()) {
            float[][] expected = sweptWithMasks(SweepForm.STEPS, cell, steps);
            assertArrayEquals(expected, sweptWithMasks(SweepForm.GRAPH, cell, steps));
            assertArrayEquals(expected, sweptWithMasks(SweepForm.AUTO, cell, steps));
            for (int i = 1; i < expected.length; i++) {
                assertFalse(Arrays.equals(expected[i - 1], expected[i]), "mask " + i);
            }
        }
    }

    private static float[][] sweptWithMasks(SweepForm form, Cell cell, int steps) {
        int batch = 3;
        Random random = new Random(steps);
        float[][] results = new float[4][];
        try (Backend backend = SoftDevice.open(form);
                SweepData data = new SweepData(backend, cell, steps, batch, 5, null)) {
            for (int i = 0; i < results.length; i++) {
                if (i > 0) {
                    int row = i - 1;
                    data.beginAnew(IntStream.range(0, steps * batch)
                            .map(place -> (place < batch ? place == row : random.nextInt(4) == 0) ? 1 : 0)
                            .toArray());
                }
                data.reset();
                data.sweep();
                results[i] = data.read();
            }
        }
        return results;
    }

    /** After the sweeps of a few lengths there are graphs for all lengths. */
    @Test
    void fewGraphsServeAllLengths() {
        try (Backend backend = SoftDevice.open(SweepForm.GRAPH);
                SweepData most = new SweepData(backend, Cell.TANH, 600, 1, 2, null)) {
            for (int steps = 600; steps > 0; steps -= steps > 40 ? 11 : 1) {
                most.sweepFirst(steps);
            }
            assertEquals(2 * 9, SoftGpu.counter("alive.graph-execs"), "1, 2, 4 … 256 steps, both ways");
            assertEquals(0, SoftGpu.counter("alive.graphs"), "what they were made from is gone");
            for (int steps = 600; steps > 0; steps -= 7) {
                SoftGpu.reset();
                most.sweepFirst(steps);
                assertEquals(0, SoftGpu.counter("graph.instantiate"));
                long bound = 2 * (steps / GraphSweep.STEPS + GraphSweep.MOST_PIECES);
                assertTrue(SoftGpu.counter("graph.launch") <= bound, steps + " steps");
                assertEquals(3, SoftGpu.counter("launch"), "the beginnings, and the carry's end");
            }
        }
    }

    /** Cells in turn share one workspace, which the widest has made. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PERSISTENT")
    void cellsInTurn(SweepForm form) {
        try (Backend backend = SoftDevice.open(form)) {
            List<SweepData> all = new ArrayList<>();
            Cell.all().forEach(cell -> all.add(new SweepData(backend, cell, 13, 3, 5, null)));
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < all.size(); i++) {
                    all.get(i).reset();
                    all.get(i).sweep();
                    float[] expected = swept(SweepForm.STEPS, Cell.all().get(i), 13, 3, 5, null);
                    assertArrayEquals(expected, all.get(i).read(), Cell.all().get(i) + " in round " + round);
                }
            }
            all.forEach(SweepData::close);
        }
    }

    // ---- the cache --------------------------------------------------------------------------------------------------

    /** Forced, every shape is recorded at once, and what falls out of the cache is destroyed; results stay right. */
    @Test
    void theCacheIsBounded() {
        int steps = 3;
        float[] expected = swept(SweepForm.STEPS, Cell.TANH, steps, 2, 3, null);
        try (Backend backend = SoftDevice.open(SweepForm.GRAPH)) {
            List<SweepData> layers = layers(backend, steps);
            for (int round = 0; round < 2; round++) {
                for (SweepData layer : layers) {
                    layer.reset();
                    layer.sweep();
                    assertTrue(SoftGpu.counter("alive.graph-execs") <= GraphSweep.MOST_SHAPES);
                }
            }
            assertEquals(GraphSweep.MOST_SHAPES, SoftGpu.counter("alive.graph-execs"), "one of two steps for each");
            layers.forEach(layer -> assertArrayEquals(expected, layer.read()));
            layers.forEach(SweepData::close);
        }
    }

    /** More shapes in turn than the cache holds: nothing is recorded for nothing. */
    @Test
    void shapesThatDoNotReturnInTimeGoStepByStep() {
        try (Backend backend = SoftDevice.open()) {
            List<SweepData> layers = layers(backend, 5);
            SoftGpu.reset();
            for (int round = 0; round < 3; round++) {
                layers.forEach(SweepData::sweep);
            }
            assertEquals(0, SoftGpu.counter("graph.instantiate"));
            layers.get(0).sweep();
            layers.get(0).sweep();
            assertTrue(SoftGpu.counter("graph.instantiate") > 0, "this one does return");
            layers.forEach(SweepData::close);
        }
    }

    /** One more than the cache holds, each with two shapes: forward and backward. */
    private static List<SweepData> layers(Backend backend, int steps) {
        List<SweepData> layers = new ArrayList<>();
        for (int i = 0; i <= GraphSweep.MOST_SHAPES / 2; i++) {
            layers.add(new SweepData(backend, Cell.TANH, steps, 2, 3, null));
        }
        return layers;
    }

    /** A larger shape moves the workspace: what was recorded for the old one must not run again. */
    @Test
    void graphsDoNotOutliveTheirWorkspace() {
        float[] expected = swept(SweepForm.STEPS, Cell.RELU, 9, 2, 3, null);
        try (Backend backend = SoftDevice.open(SweepForm.GRAPH);
                SweepData small = new SweepData(backend, Cell.RELU, 9, 2, 3, null);
                SweepData large = new SweepData(backend, Cell.RELU, 9, 40, 30, null)) {
            small.sweep();
            assertEquals(2, SoftGpu.counter("alive.graph-execs"));
            long memory = SoftGpu.counter("alive.device.allocations");
            large.sweep();
            assertEquals(2, SoftGpu.counter("alive.graph-execs"), "only those of the large one");
            assertEquals(memory, SoftGpu.counter("alive.device.allocations"));
            small.reset();
            small.sweep();
            assertArrayEquals(expected, small.read());
        }
    }

    // ---- failures ---------------------------------------------------------------------------------------------------

    /** A launch or product that is refused while it is recorded, a graph that is refused: the next sweep is right. */
    @ParameterizedTest
    @ValueSource(strings = {"launch", "cublas", "graph"})
    void aFailureLeavesNoRecordingOpen(String kind) {
        int steps = 6;
        float[] expected = swept(SweepForm.STEPS, Cell.TANH, steps, 2, 3, null);
        for (int nth = 1; nth <= (kind.equals("graph") ? 4 : 12); nth++) {
            try (Backend backend = SoftDevice.open(SweepForm.GRAPH);
                    SweepData data = new SweepData(backend, Cell.TANH, steps, 2, 3, null)) {
                SoftGpu.fail(kind, nth);
                DeviceException e = assertThrows(DeviceException.class, data::sweep, kind + " " + nth);
                assertTrue(e.getMessage().startsWith("cu"), e.getMessage());
                assertEquals(0, SoftGpu.counter("alive.graphs"));
                data.reset();
                data.sweep();
                assertArrayEquals(expected, data.read(), kind + " " + nth);
            }
            Leaks.assertNone(kind + " " + nth);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PERSISTENT")
    void workspaceThatDoesNotFit(SweepForm form) {
        try (Backend backend = SoftDevice.open(form);
                SweepData small = new SweepData(backend, Cell.TANH, 6, 2, 3, null);
                SweepData large = new SweepData(backend, Cell.TANH, 6, 50, 30, null)) {
            small.sweep();
            small.sweep();
            SoftGpu.fail("allocation", 1);
            assertThrows(OutOfDeviceMemoryException.class, large::sweep);
            small.reset();
            small.sweep();
            assertArrayEquals(swept(SweepForm.STEPS, Cell.TANH, 6, 2, 3, null), small.read());
            large.sweep();
        }
    }
}
