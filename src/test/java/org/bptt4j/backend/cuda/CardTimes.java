package org.bptt4j.backend.cuda;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;

import java.util.Map;
import java.util.Random;
import jcuda.driver.CUdevice;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.Transpose;
import org.bptt4j.card.CardRun;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;

/** Measures one thing within a number of seconds and puts its times into a result; on a software device it is done, but no time of it is told. */
final class CardTimes {
    /** Products in a graph: how long one takes behind another, whatever the host's launches cost. */
    private static final int PRODUCTS = 256;
    /** Floats of a batch's input that the host makes in a second or less. */
    private static final long MOST_INPUT = 1L << 25;

    private final CardBackends backends;
    private final boolean software;
    private final CardClock clock;
    private Batch batch;
    private CardRow batchOf;

    CardTimes(CardBackends backends) {
        this.backends = backends;
        this.software = backends.isSoftware();
        this.clock = new CardClock(software);
    }

    // ---- the card ---------------------------------------------------------------------------------------------------

    /** What bounds its rate, as the driver says. */
    void card(Map<String, Object> result) {
        CUdevice device = new CUdevice();
        Status.driver("cuDeviceGet", cuDeviceGet(device, TestDevice.options().device()));
        int capability = Device.capability(device);
        result.put("name", Device.model(device));
        result.put("driver", "for CUDA " + Probe.text(Probe.driverVersion()));
        result.put("multiprocessors", Device.attribute(device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT));
        result.put("lanes", capability == 75 || capability == 80 ? 64 : 128);
        result.put("clock_mhz", Device.attribute(device, CU_DEVICE_ATTRIBUTE_CLOCK_RATE) / 1e3);
        result.put("l2_mib", Device.attribute(device, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE) / 0x1p20);
        // Data on both edges of the clock; bits to bytes.
        double edges = 2e3 * Device.attribute(device, CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE);
        double bytes = Device.attribute(device, CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH) / 8.0;
        result.put("memory_gbs", edges * bytes / 1e9);
        if (software) {
            result.put("simulated", true);
        }
    }

    /** [N, N] by [N, N]: what cuBLAS reaches at best. */
    void peak(Precision precision, Map<String, Object> result) throws CardRun.NotOffered {
        int n = software ? 32 : 4096;
        CardForm.Opened opened = backends.get(CardForm.GRAPH, precision);
        Backend backend = opened.backend();
        try (DeviceArray memory = backend.allocate(3L * n * n)) {
            float[] values = random(n * n);
            backend.upload(values, 0, values.length, memory, 0);
            backend.upload(values, 0, values.length, memory, (long) n * n);
            Matrix a = new Matrix(memory, 0, n, n, n);
            Matrix b = new Matrix(memory, (long) n * n, n, n, n);
            Matrix c = new Matrix(memory, 2L * n * n, n, n, n);
            double[] ms = clock.parts(opened, 0.3, () -> backend.gemm(Transpose.NO, a, Transpose.YES, b, false, c))[0];
            put(result, "gflops", 2.0 * n * n * n / (1e6 * ms[0])); // of the fastest
        }
    }

    /** A copy on the card, read and written. */
    void bandwidth(Map<String, Object> result) throws CardRun.NotOffered {
        CardForm.Opened opened = backends.get(CardForm.GRAPH, Precision.FLOAT32);
        int rows = software ? 16 : 1 << 16;
        int cols = 1024;
        try (DeviceArray memory = opened.backend().allocate(2L * rows * cols)) {
            Matrix from = new Matrix(memory, 0, rows, cols, cols);
            Matrix to = new Matrix(memory, (long) rows * cols, rows, cols, cols);
            double[] ms = clock.parts(opened, 0.2, () -> opened.backend().copy(from, to))[0];
            put(result, "gb_per_s", 2.0 * Float.BYTES * rows * cols / (1e6 * ms[0]));
        }
    }

    /** A batch's way to the card, through pinned memory. */
    void upload(Map<String, Object> result) throws CardRun.NotOffered {
        Backend backend = backends.get(CardForm.GRAPH, Precision.FLOAT32).backend();
        float[] values = random(software ? 1 << 10 : 1 << 23);
        try (DeviceArray memory = backend.allocate(values.length)) {
            double[] ms = clock.repeat(0.3, warm -> {
                long start = System.nanoTime();
                backend.upload(values, 0, values.length, memory, 0);
                backend.synchronize();
                return (System.nanoTime() - start) / 1e6;
            });
            put(result, "upload_gb_per_s", (double) Float.BYTES * values.length / (1e6 * CardClock.median(ms)));
        }
    }

    // ---- a row ------------------------------------------------------------------------------------------------------

    /** The parts of a pass over the layer. */
    void layer(CardRow row, CardForm form, Precision precision, double seconds, Map<String, Object> result)
            throws CardRun.NotOffered {
        CardForm.Opened opened = backends.get(form, precision);
        requireRoom(opened, row);
        try (CardLayer layer = new CardLayer(opened.backend(), row)) {
            layer.input();
            offered(layer::forward);
            layer.arrive();
            offered(layer::backward);
            double[][] ms = clock.parts(
                    opened,
                    seconds,
                    layer::input,
                    layer::forward,
                    layer::arrive,
                    layer::backward,
                    layer::weights,
                    layer::dX);
            put(result, "input_ms", CardClock.median(ms[0]));
            put(result, "forward_ms", CardClock.median(ms[1]));
            put(result, "backward_ms", CardClock.median(ms[3]));
            put(result, "weights_ms", CardClock.median(ms[4]));
            put(result, "dx_ms", CardClock.median(ms[5]));
            put(result, "forward_min_ms", ms[1][0]);
            put(result, "backward_min_ms", ms[3][0]);
            put(result, "repeats", ms[0].length);
        }
    }

    /** A sweep that refuses a shape is an answer; one that fails is none. */
    private static void offered(Runnable sweep) throws CardRun.NotOffered {
        try {
            sweep.run();
        } catch (BackendUnavailableException e) {
            throw new CardRun.NotOffered(e.getMessage());
        }
    }

    private static void requireRoom(CardForm.Opened opened, CardRow row) throws CardRun.NotOffered {
        long[] total = new long[1];
        opened.device().bind();
        Status.driver("cuMemGetInfo", cuMemGetInfo(new long[1], total));
        long bytes = Float.BYTES * row.floats();
        if (bytes > total[0] - total[0] / 8) {
            throw new CardRun.NotOffered("it takes " + bytes + " bytes, the card has " + total[0]);
        }
    }

    /** The products of a step of the sweeps, one behind another in a graph. */
    void products(CardRow row, Precision precision, double seconds, Map<String, Object> result)
            throws CardRun.NotOffered {
        CardForm.Opened opened = backends.get(CardForm.GRAPH, precision);
        CardRow one = new CardRow(row.cell(), row.batch(), 1, row.input(), row.hidden(), row.output(), "");
        int count = software ? 2 : PRODUCTS;
        try (CardLayer layer = new CardLayer(opened.backend(), one);
                Graphs forward = new Graphs(opened.device());
                Graphs backward = new Graphs(opened.device())) {
            layer.forwardProduct(); // cuBLAS may load code at the first call, which cannot be recorded
            layer.backwardProduct();
            double[][] ms = clock.parts(
                    opened,
                    seconds,
                    () -> forward.launch(count, () -> repeat(count, layer::forwardProduct)),
                    () -> backward.launch(count, () -> repeat(count, layer::backwardProduct)));
            put(result, "forward_us", 1e3 * CardClock.median(ms[0]) / count);
            put(result, "backward_us", 1e3 * CardClock.median(ms[1]) / count);
        }
    }

    private static void repeat(int times, Runnable work) {
        for (int i = 0; i < times; i++) {
            work.run();
        }
    }

    // ---- a training step --------------------------------------------------------------------------------------------

    /** Forward and backward of a training step, its upload and the wait for its loss with it. */
    void step(CardRow row, CardForm form, Precision precision, double seconds, Map<String, Object> result)
            throws CardRun.NotOffered {
        step(backends.get(form, precision).backend(), row, seconds, result);
    }

    /** The same on the CPU. */
    void cpu(CardRow row, double seconds, Map<String, Object> result) throws CardRun.NotOffered {
        try (Backend backend = Backends.select("cpu")) {
            step(backend, row, seconds, result);
        }
    }

    private void step(Backend backend, CardRow row, double seconds, Map<String, Object> result)
            throws CardRun.NotOffered {
        if (row.cells() * row.input() > MOST_INPUT) {
            throw new CardRun.NotOffered("a batch of " + row.cells() * row.input() + " inputs takes the host too long");
        }
        try (Rnn rnn = Rnn.create(backend, new RnnSpec(row.cell(), row.input(), row.hidden(), 1, row.output()), 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            Batch data = batch(row);
            offered(() -> trainer.forwardBackward(data));
            double[] ms = clock.repeat(seconds, warm -> {
                long start = System.nanoTime();
                trainer.forwardBackward(data);
                return (System.nanoTime() - start) / 1e6;
            });
            put(result, "step_ms", CardClock.median(ms));
            put(result, "step_min_ms", ms[0]);
            put(result, "repeats", ms.length);
        }
    }

    private Batch batch(CardRow row) {
        if (!row.equals(batchOf)) {
            batch = null; // before there is another
            float[] x = random((int) row.cells() * row.input());
            int[] targets = new Random(1).ints(row.cells(), 0, row.output()).toArray();
            batch = Batch.dense(row.steps(), row.batch(), row.input(), x).withTargets(targets);
            batchOf = row;
        }
        return batch;
    }

    // ---- results ----------------------------------------------------------------------------------------------------

    private void put(Map<String, Object> result, String name, double value) {
        if (software) {
            result.put("simulated", true);
        } else {
            result.put(name, value);
        }
    }

    private static float[] random(int length) {
        float[] values = new float[length];
        Random random = new Random(1);
        for (int i = 0; i < length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }
}
