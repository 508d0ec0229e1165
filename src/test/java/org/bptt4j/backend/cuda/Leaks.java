package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.bptt4j.softgpu.SoftGpu;

/** What lives on the software device, and whether all of it is gone. */
final class Leaks {
    private Leaks() {}

    static Map<String, Long> alive() {
        Map<String, Long> alive = new TreeMap<>(SoftGpu.counters());
        alive.keySet().removeIf(name -> !name.startsWith("alive.") || name.endsWith(".peak"));
        alive.values().removeIf(count -> count == 0);
        return alive;
    }

    static void assertNone(String after) {
        assertEquals(Map.of(), alive(), after);
    }
}
