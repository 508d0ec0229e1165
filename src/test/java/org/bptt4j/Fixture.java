package org.bptt4j;

import static org.bptt4j.Elements.assertNear;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.bptt4j.data.Batch;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.Tensor;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;

/** One case of src/test/resources/fixtures: weights, batch, and what PyTorch computed from them in float64. */
public record Fixture(String name, ModelFile model, Safetensors batchFile, Safetensors expected) {
    /** Of a tensor's root mean square. */
    private static final double TOLERANCE = 1e-4;

    /** Where each case has its .weights, .batch and .expected file. */
    public static final Path FOLDER = Path.of("src/test/resources/fixtures");

    /** The cases of training runs, or those of single gradients. */
    public static List<String> names(boolean training) {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<String> names = files.map(p -> p.getFileName().toString())
                    .filter(n -> n.endsWith(".expected.safetensors") && n.startsWith("train-") == training)
                    .map(n -> n.substring(0, n.length() - ".expected.safetensors".length()))
                    .sorted()
                    .toList();
            if (names.isEmpty()) {
                throw new IllegalStateException("no fixtures in " + FOLDER.toAbsolutePath());
            }
            return names;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static Fixture load(String name) throws IOException {
        return new Fixture(
                name,
                model(Safetensors.read(FOLDER.resolve(name + ".weights.safetensors"))),
                Safetensors.read(FOLDER.resolve(name + ".batch.safetensors")),
                Safetensors.read(FOLDER.resolve(name + ".expected.safetensors")));
    }

    /** What a file of weights describes, read without the library's own reader of networks. */
    private static ModelFile model(Safetensors file) throws IOException {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> parameter : file.tensors().entrySet()) {
            values.put(parameter.getKey(), parameter.getValue().toFloats());
        }
        return new ModelFile(spec(file.metadata()), values, file.metadata());
    }

    static RnnSpec spec(Map<String, String> metadata) {
        RnnSpec spec = new RnnSpec(
                Cell.of(metadata.get("cell")),
                Integer.parseInt(metadata.get("input_size")),
                Integer.parseInt(metadata.get("hidden_size")),
                Integer.parseInt(metadata.get("layers")),
                Integer.parseInt(metadata.get("output_size")));
        return metadata.get("bidirectional").equals("true") ? spec.inBothDirections() : spec;
    }

    Batch batch() throws IOException {
        Map<String, Tensor> t = batchFile.tensors();
        Tensor input = t.containsKey("ids") ? t.get("ids") : t.get("x");
        int steps = (int) input.shape()[0];
        int rows = (int) input.shape()[1];
        Batch batch = t.containsKey("ids")
                ? Batch.symbols(steps, rows, input.toInts())
                : Batch.dense(steps, rows, (int) input.shape()[2], input.toFloats());
        if (t.containsKey("h0")) {
            float[] c0 = t.containsKey("c0") ? t.get("c0").toFloats() : null;
            batch = batch.withInitialState(t.get("h0").toFloats(), c0);
        }
        if (t.containsKey("lengths")) {
            batch = batch.withLengths(t.get("lengths").toInts());
        }
        if (t.containsKey("resets")) {
            int[] mask = t.get("resets").toInts();
            boolean[] resets = new boolean[mask.length];
            for (int i = 0; i < mask.length; i++) {
                resets[i] = mask[i] != 0;
            }
            batch = batch.withResets(resets);
        }
        if (t.containsKey("loss_weights")) {
            batch = batch.withLossWeights(t.get("loss_weights").toFloats());
        }
        Tensor targets = t.get("targets");
        return loss().takesClasses() ? batch.withTargets(targets.toInts()) : batch.withTargets(targets.toFloats());
    }

    String option(String key, String absent) {
        return expected.metadata().getOrDefault(key, absent);
    }

    double number(String key, double absent) {
        return Double.parseDouble(option(key, Double.toString(absent)));
    }

    Loss loss() {
        Loss loss = switch (option("loss", "cross-entropy")) {
            case "mse" -> Loss.mse();
            case "bce" -> Loss.bce();
            default -> Loss.crossEntropy();
        };
        String weights = option("class_weights", option("pos_weight", ""));
        if (!weights.isEmpty()) {
            loss = loss.weighted(Arrays.stream(weights.split(",", -1))
                    .mapToDouble(Double::parseDouble)
                    .toArray());
        }
        return loss.smoothed(number("label_smoothing", 0))
                .at(Loss.At.valueOf(option("loss_at", "every").toUpperCase(Locale.ROOT)))
                .reduced(Loss.Reduction.valueOf(option("reduction", "mean").toUpperCase(Locale.ROOT)));
    }

    Truncation truncation() {
        if (!expected.metadata().containsKey("tbptt")) {
            return Truncation.NONE;
        }
        int[] k = Arrays.stream(option("tbptt", "").split(",", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
        return new Truncation(k[0], k[1]);
    }

    Clipping clipping() {
        if (expected.metadata().containsKey("clip_norm")) {
            return Clipping.norm(number("clip_norm", 0));
        }
        return expected.metadata().containsKey("clip_value") ? Clipping.value(number("clip_value", 0)) : Clipping.NONE;
    }

    /** {@code actual} is the expected tensor {@code name}, but for 1e-4 of that tensor's root mean square. */
    public static void assertClose(Map<String, Tensor> expected, String name, float[] actual) throws IOException {
        assertClose(expected, name, actual, TOLERANCE);
    }

    /** The same but for {@code share} of the root mean square. */
    static void assertClose(Map<String, Tensor> expected, String name, float[] actual, double share)
            throws IOException {
        Tensor tensor = expected.get(name);
        assertNotNull(tensor, name + " is missing in the fixture");
        double[] truth = tensor.toDoubles();
        assertEquals(truth.length, actual.length, name);
        double squares = 0;
        for (double v : truth) {
            squares += v * v;
        }
        double tolerance = Math.max(1e-12, share * Math.sqrt(squares / truth.length));
        for (int i = 0; i < truth.length; i++) {
            assertNear(truth[i], actual[i], tolerance, e -> name + "[" + e + "]", i);
        }
    }
}
