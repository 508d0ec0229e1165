package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which products of a training step read how many bits, by the counters of the software device. */
class PrecisionTrafficTest {
    private static final int T = 6;
    private static final int B = 5;
    private static final int I = 7;
    private static final int L = 2;

    @AfterEach
    void restore() {
        SoftGpu.restoreDefaults();
    }

    /** The counters of one step, after two that made room. */
    private static Map<String, Long> step(Precision precision, SweepForm form, boolean ids) {
        Random random = new Random(1);
        Batch batch = ids
                ? Batch.symbols(T, B, random.ints(T * B, 0, I).toArray())
                : Batch.dense(T, B, I, RandomProblem.floats(T * B * I, random));
        batch = batch.withTargets(random.ints(T * B, 0, 3).toArray());
        SoftDevice.open(precision).close();
        try (Backend backend = Backends.select(
                        "cuda", SoftDevice.options().withPrecision(precision).withSweep(form));
                Rnn rnn = Rnn.create(backend, RnnSpec.of(I, 11, 3).withLayers(L), 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            trainer.step(batch);
            trainer.step(batch);
            backend.synchronize();
            SoftGpu.reset();
            trainer.step(batch);
            return SoftGpu.counters();
        }
    }

    /** Products whose name begins with gemm and {@code begin} and ends with {@code end}. */
    private static long products(Map<String, Long> counters, String begin, String end) {
        return counters.entrySet().stream()
                .filter(e ->
                        e.getKey().startsWith("gemm." + begin) && e.getKey().endsWith(end))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** dW += δᵀ·input is the one product with the first operand transposed: to cuBLAS, the second. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachRungReadsWhatItSays(boolean ids) {
        long gradients = 2 * L + 1 - (ids ? 1 : 0);
        Map<String, Long> plain = step(Precision.FLOAT32, SweepForm.AUTO, ids);
        long all = products(plain, "", "");
        assertEquals(gradients, products(plain, "NT.", ""));
        assertEquals(all, products(plain, "", ".f32"), plain.toString());
        Map<String, Long> tf32 = step(Precision.TF32, SweepForm.AUTO, ids);
        assertEquals(all, products(tf32, "", ""));
        assertEquals(all, products(tf32, "", ".tf32"), tf32.toString());
        Map<String, Long> bf16 = step(Precision.BF16, SweepForm.AUTO, ids);
        assertEquals(all, products(bf16, "", ""));
        assertEquals(gradients, products(bf16, "NT.", ".bf16"), bf16.toString());
        assertEquals(all - gradients, products(bf16, "", ".tf32"), bf16.toString());
        assertEquals(0, plain.getOrDefault("kernel.to_bf16", 0L) + tf32.getOrDefault("kernel.to_bf16", 0L));
        assertEquals(2 * gradients, bf16.get("kernel.to_bf16"));
    }

    @Test
    void persistentSweepsMultiplyInFloat32() {
        Map<String, Long> counters = step(Precision.BF16, SweepForm.PERSISTENT, false);
        assertEquals(2 * L + 1, products(counters, "", ".bf16"));
        assertEquals(L + (L - 1) + 2, products(counters, "", ".tf32"), "input, dX between layers, the head's two");
        assertTrue(counters.containsKey("kernel.single_forward_32"), counters.toString());
    }

    @Test
    void aSteadyStepAllocatesNothing() {
        Map<String, Long> counters = step(Precision.BF16, SweepForm.AUTO, false);
        for (String name : new String[] {"alloc", "free", "host.alloc", "host.free", "module.load"}) {
            assertEquals(0, counters.getOrDefault(name, 0L), name);
        }
        assertEquals(1, counters.get("sync.stream") + counters.getOrDefault("sync.event", 0L), "for the report");
    }
}
