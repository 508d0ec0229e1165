package org.bptt4j.benchmarks.memory;

import java.io.IOException;
import org.bptt4j.cli.Main;

/** The command line in this process; the last line it prints has the most bytes that were resident. */
public final class CommandLine {
    /** What that line begins with. */
    public static final String PEAK = "peak ";

    private CommandLine() {}

    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                System.out.println(PEAK + ResidentMemory.peakBytes());
            } catch (IOException e) {
                e.printStackTrace();
            }
        }));
        Main.main(args);
    }
}
