package org.bptt4j.backend;

import java.util.Locale;

/**
 * What a {@link Workload} is expected to take somewhere.
 *
 * @param place where, such as "cuda:0 (NVIDIA L4)"
 * @param millis of one batch
 */
public record Estimate(String place, double millis) {
    /** The time in two or three digits, such as "0.85 ms". */
    String words() {
        int decimals = millis >= 100 ? 0 : millis >= 10 ? 1 : millis >= 0.1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f ms", millis);
    }
}
