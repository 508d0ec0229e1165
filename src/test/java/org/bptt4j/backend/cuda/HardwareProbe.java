package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemGetInfo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.Transpose;
import org.bptt4j.card.CardRun;
import org.bptt4j.spec.Cell;

/**
 * What a card can do, apart from any network: bandwidths, the cost of launches, products, and of a step of each form of the sweeps.
 * Prints a JSON object a line. {@link TestDevice} says which device.
 */
public final class HardwareProbe {
    private static final long MOST_BYTES = 1L << 30;
    private static final long BYTES_OF_SOFTWARE = 1L << 20;
    private static final int STEPS = 2049;

    private static final double MOST_SECONDS = 60;

    private final CardRun run;
    private final PrintStream out;
    private final CardBackends backends;
    private final Measurement measure;

    private HardwareProbe(CardRun run, PrintStream out, CardBackends backends) {
        this.run = run;
        this.out = out;
        this.backends = backends;
        this.measure = new Measurement(out, backends.isSoftware());
    }

    /** HardwareProbe RESULTS SECONDS: exit code 0 if nothing failed, 1 if something did, {@link CardRun#AGAIN}. */
    public static void main(String[] arguments) throws IOException {
        CardRun run = CardBackends.run(arguments);
        run(run, System.out);
        System.exit(run.count(CardRun.State.FAILED) == 0 ? 0 : 1);
    }

    static void run(CardRun run, PrintStream out) {
        try (CardBackends backends = new CardBackends(out)) {
            HardwareProbe probe = new HardwareProbe(run, out, backends);
            int multiprocessors;
            try (Device device = new Device(0)) {
                Device.Limits limits = device.limits();
                multiprocessors = limits.multiprocessors();
                probe.describe(device, limits);
                probe.item("memory and launches", () -> probe.memory(device));
            }
            probe.item("products", probe::products);
            probe.sweeps(multiprocessors);
        }
    }

    /** What is measured, or is not offered, or fails. */
    private interface Part {
        void run() throws CardRun.NotOffered;
    }

    private void item(String what, Part part) {
        run.item("probe " + what, Map.of("kind", "probe"), MOST_SECONDS, result -> {
            measure.into(result);
            part.run();
        });
    }

    private void describe(Device device, Device.Limits limits) {
        out.printf(
                Locale.ROOT,
                "{\"probe\":\"device\",\"model\":\"%s\",\"driver\":\"%s\",\"capability\":%.1f,\"multiprocessors\":%d,"
                        + "\"registers_per_block\":%d,\"shared_per_block\":%d,\"cooperative\":%b}%n",
                device.model(),
                Probe.text(Probe.driverVersion()),
                device.capability() / 10.0,
                limits.multiprocessors(),
                limits.registers(),
                limits.shared(),
                limits.cooperative());
    }

    private void memory(Device device) {
        long[] free = new long[1];
        Status.driver("cuMemGetInfo", cuMemGetInfo(free, new long[1]));
        long bytes = backends.isSoftware() ? BYTES_OF_SOFTWARE : Math.min(MOST_BYTES, Long.highestOneBit(free[0] / 4));
        try (Kernels kernels = Kernels.common(device);
                MemoryProbe probe = new MemoryProbe(device, kernels, measure, bytes)) {
            probe.bandwidths();
            probe.launches();
        }
    }

    /** [N, N] by [N, N]: what cuBLAS reaches at best in float32. */
    private void products() throws CardRun.NotOffered {
        Backend backend = backends.get(CardForm.GRAPH, Precision.FLOAT32).backend();
        for (int n : backends.isSoftware() ? new int[] {64} : new int[] {1024, 4096}) {
            long size = (long) n * n;
            try (DeviceArray memory = backend.allocate(3 * size)) {
                Random random = new Random(1);
                float[] values = new float[n * n];
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextFloat() - 0.5f;
                }
                backend.upload(values, 0, values.length, memory, 0);
                backend.upload(values, 0, values.length, memory, size);
                Matrix a = new Matrix(memory, 0, n, n, n);
                Matrix b = new Matrix(memory, size, n, n, n);
                Matrix c = new Matrix(memory, 2 * size, n, n, n);
                double ms = measure.median(
                        () -> backend.gemm(Transpose.NO, a, Transpose.YES, b, false, c), backend::synchronize);
                measure.arithmetic("product of " + n + " by " + n, 2.0 * n * n * n, ms);
            }
        }
    }

    /** One row: next to nothing is computed, so that what is left of a step is launches and barriers. */
    private void sweeps(int multiprocessors) {
        sweep("steps, H 32", CardForm.STEPS, 32);
        sweep("graph, H 32", CardForm.GRAPH, 32);
        sweep("persistent in one block, H 32", CardForm.SINGLE, 32);
        sweep("persistent in 2 slices, H 16", CardForm.SLICED, 16);
        int most = Math.min(2560, 8 * multiprocessors);
        sweep("persistent in " + most / 8 + " slices, H " + most, CardForm.SLICED, most);
    }

    /** A step forward and one backward, from sweeps of many steps less those of one. */
    private void sweep(String what, CardForm form, int hidden) {
        item(what, () -> {
            int steps = measure.times(STEPS);
            Backend backend = backends.get(form, Precision.FLOAT32).backend();
            try (SweepData one = new SweepData(backend, Cell.TANH, 1, 1, hidden, null);
                    SweepData many = new SweepData(backend, Cell.TANH, steps, 1, hidden, null)) {
                int sweeps = measure.times(100);
                double short100 = measure.median(
                        () -> {
                            for (int i = 0; i < sweeps; i++) {
                                one.sweep();
                            }
                        },
                        backend::synchronize);
                measure.each("sweeps of one step, there and back: " + what, sweeps, short100);
                double ms = measure.median(many::sweep, backend::synchronize) - short100 / sweeps;
                measure.each("steps of a sweep, there and back: " + what, steps - 1, ms);
            } catch (BackendUnavailableException e) {
                throw new CardRun.NotOffered(e.getMessage());
            }
        });
    }
}
