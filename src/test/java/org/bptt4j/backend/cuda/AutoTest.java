package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.Workload;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom auto takes where there is a card, here the software device with the multiprocessors of a large one. */
class AutoTest {
    /** Of 33 TFLOP/s, at the 1 GHz of the software device. */
    private static final int LARGE = 132;

    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void thereIsALargeCard() {
        SoftDevice.require();
        SoftGpu.load();
        SoftGpu.set("compute-capability", 90);
        SoftGpu.set("multiprocessors", LARGE);
    }

    @AfterEach
    void restore() {
        SoftGpu.restoreDefaults();
    }

    private String select(String name, BackendOptions options) {
        try (Backend backend = Backends.select(name, options, said::add)) {
            return backend.name();
        }
    }

    /** On any machine two threads take longer than a large card for the large work, and less for the small. */
    private static BackendOptions options(Workload use) {
        BackendOptions two = new BackendOptions(2).withCudaLibraries(SoftGpu.FOLDER);
        return use == null ? two : two.withWorkload(use);
    }

    @ParameterizedTest
    @CsvSource({"16, 120, 1, 64, 1, cpu", "4, 100, 64, 128, 64, cpu", "64, 128, 256, 512, 256, cuda:0"})
    void bySize(int batch, int steps, int input, int hidden, int output, String taken) {
        Workload use = Workload.training(RnnSpec.of(input, hidden, output), batch, steps);
        assertEquals(taken, select("auto", options(use)));
        assertEquals(1, said.size(), said.toString());
        String line = said.get(0);
        assertTrue(line.startsWith("backend " + taken.replace(":0", "") + (taken.equals("cpu") ? " (" : ":0 (")), line);
        assertTrue(
                line.contains("a training step (" + batch + " rows of " + steps + " steps, tanh of " + hidden), line);
        assertTrue(line.matches(".* is estimated at [0-9.]+ ms here and [0-9.]+ ms on .*"), line);
        boolean passedOver = taken.equals("cpu");
        assertTrue(line.contains(passedOver ? "on cuda:0 (Software CUDA device" : "on cpu (2 threads)"), line);
        assertEquals(passedOver, line.contains("auto takes that where it is 1.5 times as fast"), line);
        String other = "Backends.select(\"" + (passedOver ? "cuda" : "cpu") + "\") takes it at once";
        assertTrue(line.endsWith(other), line);
    }

    /** The same work on a card of one multiprocessor with 64 lanes: 0.13 TFLOP/s. */
    @Test
    void byTheCardsOwnFigures() {
        Workload use = Workload.training(RnnSpec.of(256, 512, 256), 64, 128);
        SoftGpu.set("compute-capability", 75);
        SoftGpu.set("multiprocessors", 1);
        assertEquals("cpu", select("auto", options(use)));
    }

    /** One row, one step: launches alone take longer than the CPU for all of it. */
    @Test
    void stepByStepIsForTheCpu() {
        Workload use = Workload.stepByStep(RnnSpec.of(100, 512, 100), 1).withSymbols();
        assertEquals("cpu", select("auto", options(use)));
        assertTrue(said.get(0).contains("a forward pass (1 row of 1 step, "), said.get(0));
    }

    @Test
    void withoutAWorkloadTheCardIsTakenAndSaysSo() {
        assertEquals("cuda:0", select("auto", options(null)));
        assertEquals(1, said.size(), said.toString());
        assertTrue(
                said.get(0)
                        .endsWith(
                                ": the first that can run; BackendOptions.withWorkload lets auto compare it with the cpu"),
                said.get(0));
    }

    @Test
    void aNamedOneIsTakenWithoutAWord() {
        Workload small = Workload.training(RnnSpec.of(1, 8, 1), 1, 2);
        Workload large = Workload.training(RnnSpec.of(256, 512, 256), 64, 128);
        assertEquals("cuda:0", select("cuda", options(small)));
        assertEquals("cpu", select("cpu", options(large)));
        assertEquals(List.of(), said);
    }

    /** The CPU has neither, however small the work. */
    @Test
    void whatOnlyTheCardHasIsNotWeighed() {
        BackendOptions small = options(Workload.training(RnnSpec.of(1, 8, 1), 1, 2));
        assertEquals("cuda:0", select("auto", small.withPrecision(Precision.TF32)));
        assertEquals("cuda:0", select("auto", small.withSweep(SweepForm.GRAPH)));
    }

    @Test
    void theDeviceOfTheOptionsIsWeighed() {
        SoftGpu.set("devices", 2);
        Workload use = Workload.training(RnnSpec.of(1, 8, 1), 1, 2);
        assertEquals("cpu", select("auto", options(use).withDevice(1)));
        assertTrue(said.get(0).contains(" on cuda:1 ("), said.get(0));
    }

    /** It is full only when it is opened: the CPU takes over and says why. */
    @Test
    void aCardThatDoesNotOpenLeavesTheCpu() {
        SoftGpu.set("memory", "2m");
        Workload use = Workload.training(RnnSpec.of(256, 512, 256), 64, 128);
        assertEquals("cpu", select("auto", options(use)));
        assertTrue(said.get(0).contains("; not cuda: "), said.get(0));
    }
}
