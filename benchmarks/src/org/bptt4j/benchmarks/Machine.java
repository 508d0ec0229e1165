package org.bptt4j.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What Linux says about this machine. */
final class Machine {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path L2_SIZE = Path.of("/sys/devices/system/cpu/cpu0/cache/index2/size");
    private static final int USUAL_L2 = 1 << 20;

    private Machine() {}

    /** The processor's name. */
    static String processor() throws IOException {
        return line("model name").orElse(System.getProperty("os.arch"));
    }

    /** Head of a report: processor, JVM and limits. */
    static List<String> lines(List<Limits> limits) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(processor() + (hasAvx512() ? " with AVX-512, " : ", ")
                + Runtime.getRuntime().availableProcessors() + " processors, level 2 cache "
                + (level2Bytes() >> 10) + " KiB; " + System.getProperty("java.vm.name") + " "
                + System.getProperty("java.version") + "; "
                + LocalDate.now(ZoneOffset.UTC));
        for (Limits l : limits) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%d thread%s: multiply-add peak %.0f GFLOP/s; reads %.0f GB/s from level 2, %.0f GB/s from memory",
                    l.threads(),
                    l.threads() == 1 ? "" : "s",
                    l.peak(),
                    l.level2(),
                    l.memory()));
        }
        return lines;
    }

    static boolean hasAvx512() throws IOException {
        return line("flags").filter(flags -> flags.contains("avx512f")).isPresent();
    }

    /** Bytes of one core's second-level cache. */
    static int level2Bytes() throws IOException {
        if (!Files.exists(L2_SIZE)) {
            return USUAL_L2;
        }
        String size = Files.readString(L2_SIZE, StandardCharsets.UTF_8).strip();
        int number = Integer.parseInt(size.replaceAll("\\D", ""));
        return size.endsWith("M") ? number << 20 : number << 10;
    }

    private static Optional<String> line(String name) throws IOException {
        if (!Files.exists(CPU_INFO)) {
            return Optional.empty();
        }
        return Files.readString(CPU_INFO, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }
}
