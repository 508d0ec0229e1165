package org.bptt4j;

import java.util.List;
import java.util.stream.Stream;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.backend.cuda.PersistentBackends;
import org.bptt4j.backend.cuda.TestDevice;

/** Every backend by name, for tests that are true of all. */
final class TestBackends {
    /** The CUDA device, with a form of sweeps behind a dash. */
    static final List<String> DEVICES = List.of("cuda", "cuda-steps", "cuda-graph", "cuda-persistent", "cuda-sliced");

    /** On a card the others have nothing to show. */
    static final List<String> NAMES = TestDevice.isCard()
            ? DEVICES
            : Stream.concat(Stream.of("vector", "scalar"), DEVICES.stream()).toList();

    private TestBackends() {}

    /** "cuda" is the software device, unless tests run on a card; where it could not be built, the test is skipped. */
    static Backend open(String name, int threads) {
        return switch (name) {
            case "cuda" -> TestDevice.open();
            case "cuda-steps" -> TestDevice.open(SweepForm.STEPS);
            case "cuda-graph" -> TestDevice.open(SweepForm.GRAPH);
            case "cuda-persistent" -> TestDevice.open(SweepForm.PERSISTENT);
            case "cuda-sliced" -> PersistentBackends.sliced();
            default -> CpuBackends.open(name, threads);
        };
    }
}
