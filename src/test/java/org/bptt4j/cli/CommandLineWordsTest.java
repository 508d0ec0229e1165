package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bptt4j.ModelFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.CommandSpec;

/** How the command line takes what users type, and what it says. */
class CommandLineWordsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "--learning-rate, --lr",
        "--learning_rate, --lr",
        "-lr, --lr",
        "--num-layers, --layers",
        "--hidden_size, --hidden",
        "--batch-size, --batch",
        "--max-steps, --steps",
        "--iterations, --steps",
        "--num-epochs, --epochs",
        "--device, --backend",
        "--gradient-clip, --clip-norm",
        "--max-norm, --clip-norm",
        "--clip_value, --clip-value",
        "--seq-len, --unroll",
        "--window, --unroll",
        "--bptt, --tbptt",
        "--output, --out",
        "--random-seed, --seed",
        "--num-threads, --threads",
        "--input, --csv",
        "--Hidden, --hidden",
    })
    void otherSystemsWordsLeadToOurs(String typed, String ours) {
        CliRun.of("train", typed, "1").assertFailed(2, "unknown option '" + typed + "'; did you mean '" + ours + "'?");
    }

    @ParameterizedTest
    @CsvSource({
        "fit, train",
        "test, evaluate",
        "eval, evaluate",
        "sample, generate",
        "predict, evaluate",
        "trian, train",
        "Train, train"
    })
    void otherSystemsCommandsToo(String typed, String ours) {
        CliRun.of(typed).assertFailed(2, "unknown command '" + typed + "'; did you mean '" + ours + "'?");
        CliRun.of("help", typed).assertFailed(2, "unknown command '" + typed + "'; did you mean '" + ours + "'?");
    }

    /** An option in the table that a command does not have is not advised. */
    @Test
    void aSynonymIsOneTheCommandHas() {
        CliRun run = CliRun.of("generate", "--learning-rate", "1");
        run.assertFailed(2, "unknown option '--learning-rate'");
        assertFalse(run.err().contains("'--lr'"), run.err());
    }

    @Test
    void helpIsAWordToo() {
        CliRun all = CliRun.of("help");
        all.assertDone();
        assertEquals(CliRun.of("--help").out(), all.out());
        assertEquals(
                CliRun.of("train", "--help").out(), CliRun.of("help", "train").out());
    }

    /** Sentences, as picocli's own of --help and --version: with a capital, or an option's name, at the beginning and a full stop. */
    @Test
    void allDescriptionsAreOfOneStyle() {
        List<String> wrong = new ArrayList<>();
        Main.commands().getSubcommands().forEach((name, command) -> {
            CommandSpec spec = command.getCommandSpec();
            wrong.add(name + " "
                    + String.join(" ", spec.usageMessage().description()).strip());
            spec.args()
                    .forEach(arg ->
                            wrong.add(name + " " + arg.paramLabel() + " " + String.join(" ", arg.description())));
        });
        assertTrue(wrong.size() > 60, wrong.toString());
        wrong.removeIf(text -> text.matches("(?s)[a-z]+ (\\S* )?\\p{Lu}.*\\.") && !text.endsWith(".."));
        assertEquals(List.of(), wrong);
    }

    @Test
    void defaultsThatDependOnTheDataAreInTheHelp() {
        String help = CliRun.of("train", "--help").out().replaceAll("\\s+", " ");
        for (String words : List.of(
                "direction (default: text 256, table 64, task 100)",
                "Learning rate (default: text 0.002, table 0.005, task 0.001)",
                "(default: text 10, table 60, task 150; none where --steps is given)",
                "third) (default: cosine)",
                "(default: text 32, table 16, task 50)",
                "(default: text adam, table adamw, task adam)",
                "(default: text 100, table 120 or a quarter of its training rows, task: its length)")) {
            assertTrue(help.contains(words), () -> words + " is not in " + help);
        }
        assertFalse(help.contains("${"), help);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train --csv",
                "train --text",
                "train --out",
                "train --resume",
                "train --task",
                "train --target",
                "train --cell",
                "train --optimizer",
                "train --memory",
                "train --tbptt",
                "train --steps",
                "train --lr",
                "train --cuda-libraries",
                "train --class-weights",
                "train --progress",
                "generate --model",
                "evaluate --model",
                "evaluate --text",
                "gradients --weights",
                "gradients --batch",
                "gradients --out",
                "bench --json",
                "bench --config",
                "bench --grid"
            })
    void anEmptyValueIsNone(String words) {
        String[] parts = words.split(" ", -1);
        CliRun.of(parts[0], parts[1] + "=").assertFailed(2, parts[1] + " ''", "the value is empty");
        CliRun.of(parts[0], parts[1], "").assertFailed(2, parts[1] + " ''", "the value is empty");
    }

    @Test
    void aBlankIsNoFile() {
        CliRun.of("train", "--out", " ").assertFailed(2, "--out ' ': the value is empty");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--steps 1e3 | --steps '1e3': must be a whole number, such as 100",
                "--hidden 2.5 | --hidden '2.5': must be a whole number",
                "--hidden 2147483648 | --hidden '2147483648': is too large; must be at most 2147483647",
                "--steps 9223372036854775808 | at most 18 digits",
                "--lr 1d | --lr '1d': must be a number, such as 0.5",
                "--lr 0x1p3 | --lr '0x1p3'",
                "--lr 0,1 | --lr '0,1'",
                "--clip-norm inf | --clip-norm Infinity",
                "--task copy --length 5 --class-weights 1d,1 | '1d' is no number",
            })
    void numbersAreDecimal(String words, String expected) {
        CliRun.of(("train " + words).split(" ", -1)).assertFailed(2, expected);
    }

    @Test
    void namesAreUnderstoodInCapitalsAndKeptAsOurs() throws IOException {
        Path run = folder.resolve("run");
        CliRun done = CliRun.of(
                "train",
                "--task",
                "PARITY",
                "--length",
                "4",
                "--cell",
                "LSTM",
                "--init",
                "Xavier",
                "--optimizer",
                "AdamW",
                "--lr-schedule",
                "Cosine",
                "--reduction",
                "Mean",
                "--loss-at",
                "Every",
                "--backend",
                "CPU",
                "--sweep",
                "Auto",
                "--precision",
                "Float32",
                "--progress",
                "None",
                "--steps",
                "1",
                "--hidden",
                "4",
                "--batch",
                "2",
                "--out",
                run.toString());
        done.assertDone();
        assertEquals("", done.err());
        String json = Files.readString(run.resolve("run.json"));
        Map.of(
                        "cell",
                        "lstm",
                        "init",
                        "xavier",
                        "optimizer",
                        "adamw",
                        "lr-schedule",
                        "cosine",
                        "reduction",
                        "mean",
                        "loss-at",
                        "every",
                        "backend",
                        "cpu",
                        "precision",
                        "float32",
                        "progress",
                        "none",
                        "task",
                        "parity")
                .forEach((key, value) -> assertTrue(
                        json.contains("\"" + key + "\" : \"" + value + "\""),
                        () -> key + " is not " + value + ": " + json));
        ModelFile model = ModelFile.read(run.resolve("model.safetensors"));
        assertEquals("lstm", model.spec().cell().name());
        assertEquals("parity", model.metadata().get("task"));
    }

    @Test
    void whatWasChosenIsSaidWhenTrainingBegins() {
        String[] train = {
            "train",
            "--task",
            "copy",
            "--length",
            "4",
            "--steps",
            "2",
            "--hidden",
            "4",
            "--progress",
            "plain",
            "--out",
            folder.resolve("run").toString()
        };
        String said = CliRun.of(train).err();
        String expected =
                "tanh, 4 hidden units, 1 layer; unroll 24, batch 50; adam, lr 0.001, cosine; 2 updates; clip-norm 1; seed 1";
        assertTrue(said.lines().anyMatch(expected::equals), said);
    }

    @Test
    void messagesDoNotMoveTheCursor() {
        CliRun run = CliRun.of("evaluate", "--model", "no\u001b[31m\nsuch\u0007");
        run.assertFailed(2, "no\\u001b[31m such\\u0007");
        CliRun.of("train", "--cell", "\u001b]0;x").assertFailed(2, "\\u001b]0;x");
        CliRun.of("train", "--\u001b[1mx").assertFailed(2, "unknown option '--\\u001b[1mx'");
    }

    @Test
    void aMessageIsNeverAPage() {
        CliRun run = CliRun.of("train", "--cell", "x".repeat(100_000));
        run.assertFailed(2, "must be one of");
        assertTrue(run.err().length() < 1500, "characters: " + run.err().length());
    }
}
