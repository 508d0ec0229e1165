package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemGetInfo;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.Transpose;
import org.bptt4j.spec.Cell;

/**
 * What a card can do, apart from any network: bandwidths, the cost of launches, products, and of a step of each form of the sweeps.
 * Prints a JSON object a line. {@link TestDevice} says which device.
 */
public final class HardwareProbe {
    private static final long MOST_BYTES = 1L << 30;
    private static final long BYTES_OF_SOFTWARE = 1L << 20;
    private static final int STEPS = 2049;

    private final PrintStream out;
    private final boolean software;
    private final Measurement measure;

    private HardwareProbe(PrintStream out, boolean software) {
        this.out = out;
        this.software = software;
        this.measure = new Measurement(out, software);
    }

    public static void main(String[] arguments) {
        run(System.out);
    }

    static void run(PrintStream out) {
        try (Backend backend = TestDevice.open()) {
            HardwareProbe probe;
            Device.Limits limits;
            try (Device device = new Device(0)) {
                limits = device.limits();
                probe = new HardwareProbe(out, device.model().contains("Software CUDA device"));
                probe.describe(device, limits);
                probe.memory(device);
            }
            probe.products(backend);
            probe.sweeps(limits.multiprocessors());
        }
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
        long bytes = software ? BYTES_OF_SOFTWARE : Math.min(MOST_BYTES, Long.highestOneBit(free[0] / 4));
        try (Kernels kernels = Kernels.common(device);
                MemoryProbe probe = new MemoryProbe(device, kernels, measure, bytes)) {
            probe.bandwidths();
            probe.launches();
        }
    }

    /** [N, N] by [N, N]: what cuBLAS reaches at best in float32. */
    private void products(Backend backend) {
        for (int n : software ? new int[] {64} : new int[] {1024, 4096}) {
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
        sweep("steps, H 32", TestDevice.open(SweepForm.STEPS), 32);
        sweep("graph, H 32", TestDevice.open(SweepForm.GRAPH), 32);
        sweep("persistent in one block, H 32", PersistentBackends.single(), 32);
        sweep("persistent in 2 slices, H 16", PersistentBackends.sliced(), 16);
        int most = Math.min(2560, 8 * multiprocessors);
        sweep("persistent in " + most / 8 + " slices, H " + most, PersistentBackends.sliced(), most);
    }

    /** A step forward and one backward, from sweeps of many steps less those of one. */
    private void sweep(String form, Backend opened, int hidden) {
        int steps = measure.times(STEPS);
        try (Backend backend = opened;
                SweepData one = new SweepData(backend, Cell.TANH, 1, 1, hidden, null);
                SweepData many = new SweepData(backend, Cell.TANH, steps, 1, hidden, null)) {
            int sweeps = measure.times(100);
            double short100 = measure.median(
                    () -> {
                        for (int i = 0; i < sweeps; i++) {
                            one.sweep();
                        }
                    },
                    backend::synchronize);
            measure.each("sweeps of one step, there and back: " + form, sweeps, short100);
            double ms = measure.median(many::sweep, backend::synchronize) - short100 / sweeps;
            measure.each("steps of a sweep, there and back: " + form, steps - 1, ms);
        } catch (BackendUnavailableException e) {
            measure.refused(form, e.getMessage());
        }
    }
}
