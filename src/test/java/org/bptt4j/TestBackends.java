package org.bptt4j;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.backend.cuda.PersistentBackends;
import org.bptt4j.backend.cuda.SoftDevice;

/** Every backend by name, for tests that are true of all. */
final class TestBackends {
    static final List<String> NAMES =
            List.of("vector", "scalar", "cuda", "cuda-steps", "cuda-graph", "cuda-persistent", "cuda-sliced");

    private TestBackends() {}

    /** "cuda" is the software device, with a form of sweeps behind a dash; where it could not be built, the test is skipped. */
    static Backend open(String name, int threads) {
        return switch (name) {
            case "cuda" -> SoftDevice.open();
            case "cuda-steps" -> SoftDevice.open(SweepForm.STEPS);
            case "cuda-graph" -> SoftDevice.open(SweepForm.GRAPH);
            case "cuda-persistent" -> SoftDevice.open(SweepForm.PERSISTENT);
            case "cuda-sliced" -> PersistentBackends.sliced();
            default -> CpuBackends.open(name, threads);
        };
    }
}
