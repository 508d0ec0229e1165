package org.bptt4j.card;

import java.util.EnumMap;
import java.util.Map;

/**
 * What a test asks of a driver, and what each call of it takes there, in microseconds: estimates, not measured by us, of a Linux
 * machine with a card of the last years, on the high side. They say which class is long, not how long exactly.
 */
enum Call {
    /** The primary context, with cuBLAS's first handle in it: 0.2 to 0.5 s are usual. */
    CONTEXTS("contexts", 400_000, "context.create"),
    /** One that the driver has compiled before, from its cache on disk. */
    MODULES("modules", 15_000, "module.load"),
    /** cuBLAS handles after the first: its tables, and a workspace that is ours to set. */
    HANDLES("handles", 5_000, "cublas.handles"),
    /** Launches of kernels by themselves, products and copies, each waited for now and then: 5 µs to launch, as much to run. */
    LAUNCHES("launches", 10, "launch", "launch.cooperative", "gemm.", "cublasS"),
    /** Recorded nodes when they run. */
    NODES("graph nodes", 5, "graph.nodes"),
    /** Of graphs of up to a few hundred nodes. */
    INSTANTIATIONS("instantiations", 1_000, "graph.instantiate"),
    /** With what frees it, which waits for the device. */
    ALLOCATIONS("allocations", 200, "alloc", "host.alloc"),
    /** A copy that the host waits for, and other waits. */
    WAITS("waits", 30, "sync.", "copy.htod.sync", "copy.dtoh.sync");

    private final String title;
    private final double micros;
    private final String[] counters;

    Call(String title, double micros, String... counters) {
        this.title = title;
        this.micros = micros;
        this.counters = counters;
    }

    /** As the table heads it. */
    String title() {
        return title;
    }

    double micros() {
        return micros;
    }

    /** Of the device's counters, those of bytes left out. */
    static Map<Call, Long> counts(Map<String, Long> all) {
        Map<Call, Long> counts = new EnumMap<>(Call.class);
        for (Call call : values()) {
            counts.put(call, 0L);
        }
        all.forEach((name, count) -> {
            for (Call call : values()) {
                if (call.has(name)) {
                    counts.merge(call, count, Long::sum);
                }
            }
        });
        return counts;
    }

    private boolean has(String name) {
        for (String counter : counters) {
            boolean group = counter.endsWith(".") || counter.equals("cublasS");
            if (!name.endsWith(".bytes") && (group ? name.startsWith(counter) : name.equals(counter))) {
                return true;
            }
        }
        return false;
    }
}
