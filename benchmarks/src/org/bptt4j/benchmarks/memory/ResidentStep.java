package org.bptt4j.benchmarks.memory;

import java.io.IOException;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.Workload;
import org.bptt4j.benchmarks.step.Step;

/**
 * Takes training steps in this process and prints the most bytes that were resident: before the batch was made, after the same
 * library had taken steps with a batch of a few time steps, and at the end.
 *
 * <p>Arguments: contender, configuration, threads.
 */
public final class ResidentStep {
    /** What the line of figures begins with. */
    public static final String PEAKS = "peaks ";

    private static final int FEW = 10;
    private static final int CALLS = 3;

    private ResidentStep() {}

    public static void main(String[] args) throws IOException {
        try {
            Step step = Step.parse(args[1]);
            int threads = Integer.parseInt(args[2]);
            Step few = new Step(step.batch(), FEW, step.inputs(), step.hidden(), step.outputs(), step.cell());
            take(few, args[0].replace(Budget.BUDGETED, "bptt4j"), threads);
            long before = ResidentMemory.peakBytes();
            take(step, args[0], threads);
            System.out.println(PEAKS + before + " " + ResidentMemory.peakBytes());
        } catch (OutOfMemoryError e) {
            System.exit(1); // threads of native libraries would keep the process
        }
        System.exit(0);
    }

    private static void take(Step step, String name, int threads) {
        Workload workload = new Budget(step);
        try (Contender contender = workload.open(name, threads)) {
            for (int call = 0; call < CALLS; call++) {
                contender.prepare();
                contender.run();
            }
        }
    }
}
