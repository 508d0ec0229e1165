package org.bptt4j.cli;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What to do when memory does not suffice: only options that the command has. */
final class Remedies {
    private static final long MIB = 1 << 20;
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");

    private Remedies() {}

    /**
     * A list such as "give --memory a size, a smaller --batch or a larger heap with BPTT4J_JAVA_OPTS=-Xmx4096m".
     *
     * @param command what ran, or null if nothing is known of it
     * @param heap whether it is the heap that was too small
     */
    static String forMemory(CommandSpec command, boolean heap) {
        List<String> remedies = new ArrayList<>();
        boolean trains = has(command, "--unroll", Integer.class);
        if (has(command, "--memory", String.class)) {
            remedies.add("a budget with --memory");
        }
        if (has(command, "--batch", Integer.class)) {
            remedies.add("a smaller --batch");
        }
        if (trains) {
            remedies.add("a shorter --unroll");
        } else if (has(command, "--length", Integer.class) && has(command, "--task", String.class)) {
            remedies.add("a shorter --length");
        }
        if (has(command, "--hidden", Integer.class)) {
            remedies.add("a smaller --hidden");
        }
        if (has(command, "--threads", Integer.class) && heap) {
            remedies.add("fewer --threads");
        }
        if (heap) {
            remedies.add(largerHeap());
        } else if (has(command, "--backend", String.class)) {
            remedies.add("--backend cpu");
        }
        return listed(remedies);
    }

    /** Whether the command has all options that a message names. */
    static boolean hasAll(String message, CommandSpec command) {
        return command != null
                && OPTION.matcher(message)
                        .results()
                        .allMatch(option -> command.optionsMap().containsKey(option.group()));
    }

    /** How to have a larger heap than this one. */
    static String largerHeap() {
        return largerHeap(Runtime.getRuntime().maxMemory(), machine());
    }

    /** Twice the heap there is, or what the machine can give. */
    static String largerHeap(long now, long machine) {
        long most = machine / 10 * 9;
        long wanted = Math.min(now > Long.MAX_VALUE / 2 ? now : 2 * now, most) / MIB;
        return wanted > now / MIB
                ? "a larger heap with BPTT4J_JAVA_OPTS=-Xmx" + wanted + "m"
                : "a machine with more memory";
    }

    private static long machine() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    /** Of this type: --batch is a file in one command and a number in another. */
    private static boolean has(CommandSpec command, String option, Class<?> type) {
        OptionSpec found = command == null ? null : command.findOption(option);
        return found != null && found.type() == type;
    }

    private static String listed(List<String> remedies) {
        int last = remedies.size() - 1;
        return last < 1
                ? String.join("", remedies)
                : String.join(", ", remedies.subList(0, last)) + " or " + remedies.get(last);
    }
}
