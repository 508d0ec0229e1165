package org.bptt4j;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.backend.cuda.SoftDevice;

/** Every backend by name, for tests that are true of all. */
final class TestBackends {
    static final List<String> NAMES = List.of("vector", "scalar", "cuda");

    private TestBackends() {}

    /** "cuda" is the software device; where it could not be built, the test is skipped. */
    static Backend open(String name, int threads) {
        return name.equals("cuda") ? SoftDevice.open() : CpuBackends.open(name, threads);
    }
}
