package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bptt4j.ModelFile;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gated cells, both directions and dropout from the command line to the model's file, and where they are refused. */
class CellOptionsTest {
    private static final String[] ALL = {
        "--cell", "lstm", "--layers", "2", "--bidirectional", "--dropout", "0.3", "--forget-bias", "1"
    };

    @TempDir
    Path folder;

    private CliRun train(String name, String... options) {
        List<String> args =
                new ArrayList<>(List.of("train", "--task", "adding", "--length", "20", "--progress", "none"));
        args.addAll(List.of(
                "--hidden", "6", "--batch", "4", "--out", folder.resolve(name).toString()));
        args.addAll(List.of(options));
        return CliRun.of(args);
    }

    private Path model(String name) {
        return folder.resolve(name).resolve(RunFolder.MODEL);
    }

    private static String[] with(String[] options, String... more) {
        String[] all = Arrays.copyOf(options, options.length + more.length);
        System.arraycopy(more, 0, all, options.length, more.length);
        return all;
    }

    @Test
    void aRunWithAllOfThemLeavesAModelThatIsEvaluatedWithoutDropout() throws IOException {
        train("a", with(ALL, "--steps", "3")).assertDone();
        RnnSpec spec = ModelFile.read(model("a")).spec();
        assertEquals(new RnnSpec(Cell.LSTM, 2, 6, 2, 1, true, 0.3), spec);
        Map<?, ?> options = (Map<?, ?>)
                Json.read(Files.readString(folder.resolve("a/run.json"))).get("options");
        assertEquals("lstm", options.get("cell"));
        assertEquals(true, options.get("bidirectional"));
        assertEquals(0.3, options.get("dropout"));
        assertEquals(1.0, options.get("forget-bias"));
        CliRun first = CliRun.of("evaluate", "--model", folder.resolve("a").toString());
        first.assertDone();
        assertEquals(
                first.out(),
                CliRun.of("evaluate", "--model", folder.resolve("a").toString()).out());
    }

    @Test
    void aRunGoesOnWithThem() throws IOException {
        train("whole", with(ALL, "--steps", "6", "--lr-schedule", "constant")).assertDone();
        train("parts", with(ALL, "--steps", "3", "--lr-schedule", "constant")).assertDone();
        CliRun.of("train", "--resume", folder.resolve("parts").toString(), "--steps", "6", "--progress", "none")
                .assertDone();
        Map<String, float[]> whole = ModelFile.read(model("whole")).parameters();
        ModelFile.read(model("parts"))
                .parameters()
                .forEach((name, values) -> assertArrayEquals(whole.get(name), values, name));
    }

    @Test
    void dropoutAndItsSeedChangeTheTraining() throws IOException {
        List<float[]> weights = new ArrayList<>();
        for (String dropout : List.of("0", "0.3", "0.6")) {
            train("d" + dropout, "--cell", "gru", "--layers", "2", "--dropout", dropout, "--steps", "2")
                    .assertDone();
            weights.add(ModelFile.read(model("d" + dropout)).parameters().get("rnn.weight_hh_l1"));
        }
        assertFalse(Arrays.equals(weights.get(0), weights.get(1)));
        assertFalse(Arrays.equals(weights.get(1), weights.get(2)));
    }

    @Test
    void dropoutWithOneLayerIsWarnedOf() {
        CliRun run = train("one", "--dropout", "0.5", "--steps", "1");
        run.assertDone();
        assertTrue(run.err().contains("warning: --dropout 0.5 has no effect"), run.err());
        assertFalse(train("two", "--dropout", "0.5", "--layers", "2", "--steps", "1")
                .err()
                .contains("warning"));
    }

    @Test
    void truncationInBothDirectionsIsRefusedBeforeAnythingIsWritten() {
        train("t", "--bidirectional", "--tbptt", "5,5").assertFailed(2, "bidirectional", "end of a sequence");
        assertFalse(Files.exists(folder.resolve("t")));
    }

    @Test
    void modelsOfBothDirectionsNeitherGenerateNorForecast() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "abc".repeat(100));
        Path model = folder.resolve("both.safetensors");
        try (Backend backend = Backends.select("cpu");
                Rnn rnn = Rnn.create(backend, RnnSpec.of(3, 4, 3).inBothDirections(), 1)) {
            rnn.save(model, Map.of(TextData.VOCABULARY, "abc"));
        }
        CliRun.of("generate", "--model", model.toString()).assertFailed(2, "both.safetensors", "cannot generate");
        CliRun.of("evaluate", "--model", model.toString(), "--text", text.toString())
                .assertFailed(2, "both.safetensors", "bidirectional", "--task");
    }
}
