package org.bptt4j.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bptt4j.io.Safetensors;

/** The binary files and the run folders of the list of wrong inputs; {@code good.txt} and {@code good.csv} are there before. */
final class WrongInputFiles {
    private static final Pattern REPEATED = Pattern.compile("\\{([^{}]*)\\}x(\\d+);?");
    private static final Pattern BYTE = Pattern.compile("\\\\x([0-9a-f]{2})");

    private final Path folder;

    WrongInputFiles(Path folder) {
        this.folder = folder;
    }

    /** A file of the list, as its content is written there. */
    void text(String name, String content) throws IOException {
        String whole = REPEATED.matcher(content)
                .replaceAll(m -> Matcher.quoteReplacement(m.group(1).repeat(Integer.parseInt(m.group(2)))));
        String plain = whole.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Matcher m = BYTE.matcher(plain);
        int from = 0;
        while (m.find()) {
            bytes.write(plain.substring(from, m.start()).getBytes(StandardCharsets.UTF_8));
            bytes.write(Integer.parseInt(m.group(1), 16));
            from = m.end();
        }
        bytes.write(plain.substring(from).getBytes(StandardCharsets.UTF_8));
        Files.write(folder.resolve(name), bytes.toByteArray());
    }

    void binary() throws IOException {
        Files.createDirectory(folder.resolve("empty-folder"));
        train("run", "--text", folder.resolve("good.txt").toString());
        train("table", "--csv", folder.resolve("good.csv").toString());
        foreignModels();
        models();
        batches();
        runs();
    }

    private void train(String name, String... data) {
        List<String> args = Stream.concat(
                        Stream.of(
                                "train --steps 2 --unroll 5 --hidden 4 --batch 2 --threads 1 --backend cpu --progress none --out"
                                        .split(" ")),
                        Stream.concat(Stream.of(folder.resolve(name).toString()), Arrays.stream(data)))
                .toList();
        CliRun.of(args).assertDone();
    }

    private void bytes(String name, String latin1) throws IOException {
        Files.write(folder.resolve(name), latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void foreignModels() throws IOException {
        bytes("model.pt", "PK\003\004 archive/data.pkl");
        bytes("model.keras", "PK\003\004 metadata.json");
        bytes("model.h5", "\u0089HDF\r\n\032\n");
        bytes("model.pkl", "\u0080\004\u0095\013");
        bytes("model.gguf", "GGUF\003\000\000\000");
        bytes("model.onnx", "\010\007\022\007pytorch");
    }

    /** A file with a header of this text and so many bytes of data. */
    private void headed(String name, long headerLength, String header, int data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + data).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(folder.resolve(name), file.putLong(headerLength).put(text).array());
    }

    private void models() throws IOException {
        byte[] model = Files.readAllBytes(folder.resolve("run/model.safetensors"));
        Files.write(folder.resolve("cut-in-header.safetensors"), Arrays.copyOf(model, 100));
        Files.write(folder.resolve("cut-in-data.safetensors"), Arrays.copyOf(model, model.length - 10));
        Files.write(folder.resolve("seven-bytes.safetensors"), new byte[7]);
        headed("huge-header.safetensors", Long.MAX_VALUE, "{}", 0);
        headed("broken-header.safetensors", 9, "{\"a\": 1, ", 0);
        String shape = "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}";
        headed("overflow.safetensors", shape.length(), shape, 4);

        model("no-metadata", null, m -> new Safetensors().put("head.bias", new float[3], 3));
        model("unknown-cell", null, m -> m.putMetadata("cell", "sru"));
        model("layers-no-number", null, m -> m.putMetadata("layers", "two"));
        model("too-many-layers", null, m -> m.putMetadata("layers", "2000000000"));
        model("hidden-overflow", null, m -> m.putMetadata("hidden_size", "2000000000"));
        model("dropout", null, m -> m.putMetadata("dropout", "half"));
        model("no-head-bias", "head.bias", m -> m);
        model("one-more", null, m -> m.put("rnn.weight_hr_l0", new float[4], 4));
        model("wrong-shape", "head.bias", m -> m.put("head.bias", new float[2], 2));
        model("wrong-dtype", "head.bias", m -> m.put("head.bias", new long[11], 11));
        float[] notFinite = new float[11];
        notFinite[5] = Float.NaN;
        model("nan", "head.bias", m -> m.put("head.bias", notFinite, 11));
        model("other-vocabulary", null, m -> m.putMetadata("vocabulary", "ab"));
        copy("table/model.safetensors", null)
                .putMetadata("scaling", "{no")
                .write(folder.resolve("bad-scaling.safetensors"));
        network(3).write(folder.resolve("w.safetensors"));
        network(0).write(folder.resolve("headless.safetensors"));
    }

    private void model(String name, String without, UnaryOperator<Safetensors> change) throws IOException {
        change.apply(copy("run/model.safetensors", without)).write(folder.resolve(name + ".safetensors"));
    }

    private Safetensors copy(String name, String without) throws IOException {
        Safetensors from = Safetensors.read(folder.resolve(name));
        Safetensors to = new Safetensors();
        from.metadata().forEach((key, value) -> {
            if (!key.equals("checksum")) {
                to.putMetadata(key, value);
            }
        });
        for (var tensor : from.tensors().values()) {
            if (!tensor.name().equals(without)) {
                to.put(tensor.name(), tensor.toFloats(), tensor.shape());
            }
        }
        return to;
    }

    /** A tanh network of zeros with 3 inputs and 4 hidden units. */
    private static Safetensors network(int outputs) {
        Safetensors net = new Safetensors()
                .putMetadata("cell", "tanh")
                .putMetadata("layers", "1")
                .putMetadata("input_size", "3")
                .putMetadata("hidden_size", "4")
                .putMetadata("output_size", Integer.toString(outputs))
                .putMetadata("bidirectional", "false")
                .put("rnn.weight_ih_l0", new float[12], 4, 3)
                .put("rnn.weight_hh_l0", new float[16], 4, 4)
                .put("rnn.bias_ih_l0", new float[4], 4)
                .put("rnn.bias_hh_l0", new float[4], 4);
        return outputs == 0
                ? net
                : net.put("head.weight", new float[4 * outputs], outputs, 4)
                        .put("head.bias", new float[outputs], outputs);
    }

    private void batches() throws IOException {
        float[] x = new float[18];
        batch("b", b -> b.put("x", x, 3, 2, 3), true);
        batch("b-neither", b -> b.put("lengths", new long[] {3, 3}, 2), true);
        batch("b-both", b -> b.put("x", x, 3, 2, 3).put("ids", new long[6], 3, 2), true);
        batch("b-no-targets", b -> b.put("x", x, 3, 2, 3), false);
        batch("b-x-width", b -> b.put("x", new float[24], 3, 2, 4), true);
        batch("b-x-doubles", b -> b.put("x", new double[18], 3, 2, 3), true);
        batch("b-x-flat", b -> b.put("x", x, 18), true);
        batch("b-no-steps", b -> b.put("x", new float[0], 0, 2, 3), true);
        batch("b-id", b -> b.put("ids", new long[] {0, 1, 2, 7, 0, 1}, 3, 2), true);
        batch("b-id-long", b -> b.put("ids", new long[] {0, 1, 2, 1L << 40, 0, 1}, 3, 2), true);
        batch("b-class", b -> b.put("x", x, 3, 2, 3).put("targets", new long[] {0, 1, 2, 9, 0, 1}, 3, 2), false);
        batch("b-length", b -> b.put("x", x, 3, 2, 3).put("lengths", new long[] {3, 4}, 2), true);
        batch("b-lengths-short", b -> b.put("x", x, 3, 2, 3).put("lengths", new long[] {3}, 1), true);
        batch("b-h0", b -> b.put("x", x, 3, 2, 3).put("h0", new float[4], 4), true);
        batch("b-c0", b -> b.put("x", x, 3, 2, 3).put("c0", new float[8], 1, 2, 4), true);
        batch("b-name", b -> b.put("x", x, 3, 2, 3).put("target", new long[6], 3, 2), false);
        float[] weights = {1, 1, 1, -1, 1, 1};
        batch("b-weights-negative", b -> b.put("x", x, 3, 2, 3).put("loss_weights", weights, 3, 2), true);
        float[] nan = {1, 1, 1, Float.NaN, 1, 1};
        batch("b-weights-nan", b -> b.put("x", x, 3, 2, 3).put("loss_weights", nan, 3, 2), true);
        float[] two = new float[18];
        two[7] = 2;
        batch("b-bce", b -> b.put("x", x, 3, 2, 3).put("targets", two, 3, 2, 3), false);
        float[] notFinite = new float[18];
        notFinite[7] = Float.NaN;
        batch("b-nan", b -> b.put("x", notFinite, 3, 2, 3), true);
    }

    private void batch(String name, Consumer<Safetensors> content, boolean targets) throws IOException {
        Safetensors batch = new Safetensors();
        content.accept(batch);
        if (targets) {
            batch.put("targets", new long[] {0, 1, 2, 0, 1, 2}, 3, 2);
        }
        batch.write(folder.resolve(name + ".safetensors"));
    }

    private void runs() throws IOException {
        for (String kind : List.of("cut-state", "flipped-state", "no-state")) {
            Path checkpoints = run(kind).resolve("checkpoints");
            for (String file : List.of("state.safetensors", "state-before.safetensors")) {
                damage(checkpoints.resolve(file), kind);
            }
        }
        Files.delete(run("no-run-json").resolve("run.json"));
        described("cut-run-json", json -> json.substring(0, json.length() / 2));
        described("list-run-json", json -> "[]\n");
        described("latin1-run-json", json -> json.replaceFirst("\\{", "{\"\u00e4\": 1,"));
        described("no-options", json -> json.replaceFirst("\"options\"", "\"choices\""));
        described("nested-option", json -> json.replaceFirst("\"batch\" *: *2", "\"batch\": [2, 3]"));
        described("unknown-option", json -> json.replaceFirst("\"batch\"", "\"peephole\": true, \"batch\""));
        described("wrong-option", json -> json.replaceFirst("\"lr\" *: *[^,\n]+", "\"lr\": \"fast\""));
        described("data-gone", json -> json.replace("good.txt", "gone.txt"));
        described("data-changed", json -> json.replace("good.txt", "other.txt"));
        described("other-network", json -> json.replaceFirst("\"hidden\" *: *4", "\"hidden\": 5"));
        for (String name : List.of("run.json", "metrics.jsonl")) {
            Path file = run(name.replaceFirst("\\..*", "").replace("run", "run-json") + "-folder")
                    .resolve(name);
            Files.delete(file);
            Files.createDirectory(file);
        }
        delete(run("checkpoints-file").resolve("checkpoints"));
        Files.writeString(folder.resolve("checkpoints-file/checkpoints"), "");
        Path link = run("linked-metrics").resolve("metrics.jsonl");
        Files.delete(link);
        Files.createSymbolicLink(link, folder.resolve("good.txt"));
        Files.writeString(
                run("broken-metrics").resolve("metrics.jsonl"), "{\"event\":\"train\",\n{\"event\":\"train\"}\n");
        Files.write(
                run("latin1-metrics").resolve("metrics.jsonl"),
                "{\"event\":\"tr\u00e4in\",\"step\":1}\n{}\n".getBytes(StandardCharsets.ISO_8859_1));
        run("locked");
    }

    private static void damage(Path file, String kind) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        byte[] state = Files.readAllBytes(file);
        switch (kind) {
            case "cut-state" -> Files.write(file, Arrays.copyOf(state, 5));
            case "flipped-state" -> {
                state[state.length - 9] ^= 4;
                Files.write(file, state);
            }
            default -> Files.delete(file);
        }
    }

    /** A copy of the sound run. */
    private Path run(String name) throws IOException {
        Path from = folder.resolve("run");
        Path to = folder.resolve(name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    /** A copy whose run.json is another, written in Latin-1. */
    private void described(String name, UnaryOperator<String> change) throws IOException {
        Path file = run(name).resolve("run.json");
        Files.writeString(file, change.apply(Files.readString(file)), StandardCharsets.ISO_8859_1);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
