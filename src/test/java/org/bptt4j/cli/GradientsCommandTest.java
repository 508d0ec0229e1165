package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.io.DType;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.SafetensorsException;
import org.bptt4j.io.Tensor;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the command {@code gradients} takes and refuses, on a network with I = 3, H = 4, O = 2 and a batch of T = 5, B = 2. */
class GradientsCommandTest {
    @TempDir
    Path folder;

    private Path weights;
    private Path batch;
    private Path out;

    @BeforeEach
    void writeWeights() throws IOException {
        weights = folder.resolve("W.safetensors");
        batch = folder.resolve("B.safetensors");
        out = folder.resolve("G.safetensors");
        try (Backend backend = Backends.select("cpu");
                Rnn rnn = Rnn.create(backend, RnnSpec.of(3, 4, 2), 1)) {
            rnn.save(weights);
        }
    }

    private static Safetensors dense() {
        return new Safetensors().put("x", new float[30], 5, 2, 3);
    }

    private static Safetensors good() {
        return dense().put("targets", new long[10], 5, 2);
    }

    private static Safetensors symbols(long... ids) {
        return new Safetensors().put("ids", ids, 5, 2).put("targets", new int[10], 5, 2);
    }

    private CliRun run(Safetensors content, String... options) throws IOException {
        content.write(batch);
        List<String> arguments = new ArrayList<>(List.of("gradients", "--weights", weights.toString()));
        arguments.addAll(List.of("--batch", batch.toString(), "--out", out.toString()));
        arguments.addAll(List.of(options));
        return CliRun.of(arguments);
    }

    @Test
    void smallIntegersDoForLargeOnes() throws IOException {
        run(symbols(0, 1, 2, 0, 1, 2, 0, 1, 2, 0)).assertDone();
        Map<String, Tensor> g = Safetensors.read(out).tensors();
        assertFalse(g.containsKey("grad.x"), "symbols have no gradient");
        assertEquals(DType.F32, g.get("grad.rnn.weight_hh_l0").dtype());
    }

    private void save(RnnSpec spec) throws IOException {
        try (Backend backend = Backends.select("cpu");
                Rnn rnn = Rnn.create(backend, spec, 1)) {
            rnn.save(weights);
        }
    }

    /** h0 and c0 as zeros are what is taken without them; any others change the result. */
    @Test
    void anLstmHasACellState() throws IOException {
        save(RnnSpec.of(3, 4, 2).withCell(Cell.LSTM).withLayers(2).inBothDirections());
        run(good()).assertDone();
        Map<String, Tensor> without = Safetensors.read(out).tensors();
        for (String name : List.of("h_n", "c_n", "grad.h0", "grad.c0")) {
            assertArrayEquals(new long[] {4, 2, 4}, without.get(name).shape(), name);
        }
        run(good().put("h0", new float[32], 4, 2, 4).put("c0", new float[32], 4, 2, 4))
                .assertDone();
        float[] outputs = without.get("output").toFloats();
        assertArrayEquals(outputs, Safetensors.read(out).tensors().get("output").toFloats());
        float[] c0 = new float[32];
        c0[31] = 1;
        run(good().put("c0", c0, 4, 2, 4)).assertDone();
        assertFalse(Arrays.equals(
                outputs, Safetensors.read(out).tensors().get("output").toFloats()));
    }

    @Test
    void statesOfGatedCellsAreChecked() throws IOException {
        save(RnnSpec.of(3, 4, 2).withCell(Cell.LSTM).inBothDirections());
        run(good().put("c0", new float[8], 1, 2, 4)).assertFailed(2, "'c0' is F32 [1, 2, 4]", "[2, 2, 4]", "[2L,B,H]");
        run(good(), "--tbptt", "2,2").assertFailed(2, "bidirectional");
        save(RnnSpec.of(3, 4, 2).withCell(Cell.GRU));
        run(good().put("c0", new float[8], 1, 2, 4)).assertFailed(2, "'c0'", "LSTM", "gru");
        run(good()).assertDone();
        assertFalse(Safetensors.read(out).tensors().containsKey("c_n"));
        assertFalse(Safetensors.read(out).tensors().containsKey("grad.c0"));
    }

    /** Dropout belongs to training. */
    @Test
    void aModelsDropoutIsNotActive() throws IOException {
        save(RnnSpec.of(3, 4, 2).withLayers(2));
        run(good()).assertDone();
        float[] without = Safetensors.read(out).tensors().get("output").toFloats();
        save(RnnSpec.of(3, 4, 2).withLayers(2).withDropout(0.5));
        run(good()).assertDone();
        assertArrayEquals(without, Safetensors.read(out).tensors().get("output").toFloats());
    }

    static Stream<Arguments> badBatches() {
        return Stream.of(
                bad(new Safetensors().put("targets", new long[10], 5, 2), "neither", "'x'", "'ids'"),
                bad(good().put("ids", new long[10], 5, 2), "both", "'x'", "'ids'"),
                bad(dense(), "there is no tensor 'targets'"),
                bad(good().put("h_0", new float[8], 1, 2, 4), "'h_0'", "did you mean 'h0'?"),
                bad(good().put("c0", new float[8], 1, 2, 4), "'c0'", "LSTM", "tanh"),
                bad(good().put("h0", new float[12], 1, 3, 4), "'h0' is F32 [1, 3, 4]", "F32 [1, 2, 4]", "[L,B,H]"),
                bad(good().put("h0", new double[8], 1, 2, 4), "'h0' is F64", "expected F32"),
                bad(good().put("lengths", new long[3], 3), "'lengths' is I64 [3]", "expected I64 [2]"),
                bad(good().put("lengths", new long[] {5, 6}, 2), "length 6 of row 1", "1 … 5"),
                bad(good().put("lengths", new float[2], 2), "'lengths' is F32", "expected I64"),
                bad(targets(new Safetensors().put("x", new float[20], 5, 2, 2)), "'x' is F32 [5, 2, 2]", "[5, 2, 3]"),
                bad(targets(new Safetensors().put("x", new float[30], 10, 3)), "'x' is F32 [10, 3]", "[T,B,I]"),
                bad(targets(new Safetensors().put("x", new float[0], 0, 2, 3)), "'x' is F32 [0, 2, 3]", "at least 1"),
                bad(targets(new Safetensors().put("x", new double[30], 5, 2, 3)), "'x' is F64", "expected F32"),
                bad(targets(new Safetensors().put("ids", new float[10], 5, 2)), "'ids' is F32", "expected I64"),
                bad(symbols(0, 1, 2, 3, 0, 0, 0, 0, 0, 0), "symbol id 3 at step 1, row 1"),
                bad(symbols(0, 1L << 40, 0, 0, 0, 0, 0, 0, 0, 0), "'ids'", "32 bits"),
                bad(dense().put("targets", new long[8], 4, 2), "'targets' is I64 [4, 2]", "I64 [5, 2]", "[T,B]"),
                bad(dense().put("targets", new long[2], 2), "'targets' is I64 [2]", "--loss-at last"),
                bad(dense().put("targets", new float[20], 5, 2, 2), "'targets' is F32", "--loss mse"),
                bad(good().put("loss_weights", new float[2], 2), "'loss_weights' is F32 [2]", "F32 [5, 2]", "[T,B]"),
                bad(
                        good().put("loss_weights", new float[] {1, 1, 1, -1, 1, 1, 1, 1, 1, 1}, 5, 2),
                        "loss weight -1.0 at step 1, row 1"),
                bad(
                        dense().put("targets", new long[] {0, 1, 2, 0, 0, 0, 0, 0, 0, 0}, 5, 2),
                        "class target 2",
                        "step 1"));
    }

    private static Arguments bad(Safetensors content, String... message) {
        return Arguments.of(content, message);
    }

    private static Safetensors targets(Safetensors content) {
        return content.put("targets", new long[10], 5, 2);
    }

    @ParameterizedTest
    @MethodSource("badBatches")
    void aBadBatchIsRefusedWithFileTensorAndReason(Safetensors content, String[] message) throws IOException {
        CliRun run = run(content);
        run.assertFailed(2, message);
        run.assertFailed(2, batch.toString());
        assertFalse(Files.exists(out));
    }

    static Stream<Arguments> badOptions() {
        return Stream.of(
                options("--loss 'mce'", "--loss", "mce"),
                options("did you mean 'every'?", "--loss-at", "evry"),
                options("--reduction 'none'", "--reduction", "none"),
                options("only one", "--clip-norm", "1", "--clip-value", "1"),
                options("--clip-norm -1.0", "--clip-norm", "-1"),
                options("--clip-norm NaN", "--clip-norm", "NaN"),
                options("--clip-value -0.5", "--clip-value=-0.5"),
                options("--tbptt '3'", "--tbptt", "3"),
                options("--tbptt '3,0'", "--tbptt", "3,0"),
                options("--tbptt '0,3'", "--tbptt", "0,3"),
                options("--tbptt 'a,b'", "--tbptt", "a,b"),
                options("--tbptt '99999999999,1'", "--tbptt", "99999999999,1"),
                options("--loss cross-entropy", "--loss", "mse"),
                options("--loss-at every", "--loss-at", "last"),
                options("--threads 0", "--threads", "0"),
                options("the loss has 3 weights, the network 2 outputs", "--class-weights", "1,2,3"),
                options("'x' is no number", "--class-weights", "1,x"),
                options("weight -2.0 of output 1", "--class-weights", "1,-2"),
                options("--label-smoothing 1.5: must be", "--label-smoothing", "1.5"),
                options("--label-smoothing NaN: must be", "--label-smoothing", "NaN"),
                options("only a cross-entropy has classes", "--loss", "mse", "--class-weights", "1,2"),
                options("only a cross-entropy has classes", "--loss", "bce", "--label-smoothing", "0.1"),
                options("goes with --loss bce", "--pos-weight", "1,2"),
                options("--loss cross-entropy", "--loss", "bce"),
                options("such as 512MiB", "--memory", "1X"),
                options("too small for this batch: at least", "--memory", "12"));
    }

    private static Arguments options(String message, String... options) {
        return Arguments.of(message, options);
    }

    @ParameterizedTest
    @MethodSource("badOptions")
    void aBadOptionIsRefused(String message, String[] options) throws IOException {
        run(good(), options).assertFailed(2, message);
        assertFalse(Files.exists(out));
    }

    @Test
    void badWeightsAreRefused() throws IOException {
        Safetensors good = Safetensors.read(weights);
        copy(good, "rnn.bias_hh_l0", false).write(weights);
        run(good()).assertFailed(2, weights.toString(), "'rnn.bias_hh_l0' is missing");
        copy(good, "rnn.bias_hh_l0", true).write(weights);
        run(good()).assertFailed(2, weights.toString(), "'rnn.bias_hh_l0'", "I64");
        Files.writeString(weights, "not this");
        run(good()).assertFailed(2, weights.toString());
        Files.delete(weights);
        run(good()).assertFailed(2, weights.toString(), "there is no such file");
        assertFalse(Files.exists(out));
    }

    @Test
    void metadataOfAnImpossibleNetworkIsRefusedBeforeItsMemoryIsAskedFor() throws IOException {
        Safetensors.read(weights).putMetadata("layers", "2000000000").write(weights);
        run(good()).assertFailed(2, weights.toString(), "2000000000 layers");
        String huge = Integer.toString(Integer.MAX_VALUE);
        Safetensors.read(weights)
                .putMetadata("layers", "1")
                .putMetadata("input_size", huge)
                .putMetadata("hidden_size", huge)
                .write(weights);
        run(good()).assertFailed(2, weights.toString(), "overflows 64 bits");
        assertFalse(Files.exists(out));
    }

    /** A copy in which tensor {@code name} is missing, or one of whole numbers. */
    private static Safetensors copy(Safetensors file, String name, boolean whole) throws SafetensorsException {
        Safetensors copy = new Safetensors();
        file.metadata().forEach(copy::putMetadata);
        for (Tensor t : file.tensors().values()) {
            if (!t.name().equals(name)) {
                copy.put(t.name(), t.toFloats(), t.shape());
            } else if (whole) {
                copy.put(name, new long[t.size()], t.shape());
            }
        }
        return copy;
    }

    @Test
    void aPlaceThatCannotBeWrittenIsFoundBeforeTheWork() throws IOException {
        out = folder.resolve("missing").resolve("G.safetensors");
        run(good()).assertFailed(2, "--out", "there is no folder");
        out = folder;
        run(good()).assertFailed(2, "--out", "not a regular file");
        out = weights;
        byte[] before = Files.readAllBytes(weights);
        run(good()).assertFailed(2, "--out", "also an input");
        assertArrayEquals(before, Files.readAllBytes(weights));
    }

    /** Zeros, but for the last element if that is to be {@code infinite}. */
    private static float[] values(boolean infinite, int a, int b, int c) {
        float[] values = new float[a * b * c];
        values[values.length - 1] = infinite ? Float.NEGATIVE_INFINITY : 0;
        return values;
    }

    /** In the input, and by squares that overflow; what was there before stays. */
    @Test
    void whatIsNotFiniteIsAnErrorThatSaysWhere() throws IOException {
        run(good()).assertDone();
        byte[] before = Files.readAllBytes(out);
        float[] x = new float[30];
        x[20] = Float.NaN; // step 3, row 0
        Safetensors spoiled = new Safetensors().put("x", x, 5, 2, 3).put("targets", new long[10], 5, 2);
        run(spoiled)
                .assertFailed(
                        2, "B.safetensors: tensor 'x' is F32 [5, 2, 3]; element [3, 0, 2] is NaN: give finite numbers");
        for (String name : List.of("targets", "h0")) {
            Safetensors file = dense().put("targets", values(name.equals("targets"), 5, 2, 2), 5, 2, 2)
                    .put("h0", values(name.equals("h0"), 1, 2, 4), 1, 2, 4);
            CliRun run = run(file, "--loss", "mse");
            run.assertFailed(2, "B.safetensors: tensor '" + name + "' is F32", "is -Infinity: give finite numbers");
            assertFalse(run.err().contains("--lr") || run.err().contains("--clip"), run.err());
        }
        float[] far = new float[20];
        Arrays.fill(far, 1e30f);
        run(dense().put("targets", far, 5, 2, 2), "--loss", "mse").assertFailed(1, "the loss is Infinity");
        assertArrayEquals(before, Files.readAllBytes(out));
    }
}
