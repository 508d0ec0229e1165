package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bptt4j.io.Safetensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong options and wrong files: a message that says what to do, and nothing written. */
class BadInputTest {
    @TempDir
    Path folder;

    private CliRun train(String... options) {
        List<String> args = new ArrayList<>(List.of("train", "--progress", "none", "--out", run().toString()));
        args.addAll(Arrays.asList(options));
        return CliRun.of(args.toArray(String[]::new));
    }

    private Path run() {
        return folder.resolve("run");
    }

    private void assertRefused(String expected, CliRun result) {
        result.assertFailed(2, expected);
        assertFalse(Files.exists(run()));
        assertEquals("", result.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--cell tahn                          | 'tanh'",
                "--init orthogonl                     | 'orthogonal'",
                "--optimizer adamv                    | 'adam'",
                "--lr-schedule cosin                  | 'cosine'",
                "--task add                           | 'adding'",
                "--loss-at lst                        | 'last'",
                "--reduction avg                      | mean",
                "--backend gpu                        | there are: auto",
                "--precision tf23                     | 'tf32'",
                "--precision tf32 --backend cpu       | only --backend cuda",
                "--precision bf16                     | only --backend cuda",
                "--sweep grpah                        | 'graph'",
                "--sweep graph --backend cpu          | only --backend cuda",
                "--sweep steps                        | only --backend cuda",
                "--hidden 0                           | --hidden 0: must be 1 or more",
                "--layers 0                           | --layers 0",
                "--unroll 0                           | --unroll 0",
                "--batch -1                           | --batch -1",
                "--epochs 0                           | --epochs 0",
                "--steps 0                            | --steps 0",
                "--threads -1                         | --threads -1",
                "--lr 0                               | --lr 0.0: must be a number above 0",
                "--lr -0.1                            | --lr -0.1",
                "--lr NaN                             | --lr NaN",
                "--lr 1d                              | '1d': must be a number",
                "--lr 0x1p-7                          | '0x1p-7': must be a number",
                "--dropout 0.1f                       | '0.1f': must be a number",
                "--clip-norm 1F                       | '1F': must be a number",
                "--task copy --length 5 --class-weights 1f,2 | '1f' is no number",
                "--clip-norm -1                       | --clip-norm -1.0",
                "--clip-value NaN                     | --clip-value NaN",
                "--clip-norm 1 --clip-value 1         | only one of them",
                "--class-weights 1,2                  | only a cross-entropy has classes, the loss is mse",
                "--task copy --length 5 --class-weights 1,2 | the loss has 2 weights, the network",
                "--task copy --length 5 --label-smoothing 2 | --label-smoothing 2.0: must be",
                "--tbptt 0,5                          | '0,5': must be K1,K2",
                "--tbptt 5,0                          | '5,0': must be K1,K2",
                "--tbptt 5                            | two whole numbers",
                "--task copy --length 5 --loss-at last | targets are at every step",
                "--task adding --loss-at every        | targets are at the last step",
                "--task adding --unroll 7             | choose them with --length",
                "--task temporal-order --length 9     | at least 10 steps",
                "--length 9                           | --length belongs to --task",
                "--task adding --length 2147483647    | more numbers than one array holds",
                "--task parity --batch 2000000000     | use a smaller batch",
                "--task copy --length 2147483647      | passes 2147483647",
                "--hidden 2000000000 --layers 3       | use fewer hidden units (--hidden) or layers (--layers)",
                "--columns a                          | belong to --csv",
                "--unroll 5000                        | at least 5001 are needed",
                "--cell lstn                          | did you mean 'lstm'?",
                "--cell gru --init identity           | use orthogonal",
                "--cell gru --forget-bias 1           | only an lstm cell has",
                "--cell tanh --remember 100           | only an lstm cell has",
                "--cell lstm --remember 2             | must be at least 3",
                "--cell lstm --remember 9 --forget-bias 1 | leave one out",
                "--forget-bias 1                      | a tanh cell has no forget gate",
                "--cell lstm --forget-bias NaN        | must be a finite number",
                "--dropout 1                          | from 0 to below 1",
                "--dropout -0.1                       | from 0 to below 1",
                "--bidirectional                      | both directions are for --task",
                "--memory 0                           | at least 1",
                "--memory 512MB                       | such as 512MiB",
                "--memory 99999999999999999999        | such as 512MiB",
                "--memory 9000000000TiB               | such as 512MiB",
                "--memory 1K                          | are needed, at the price of sweeping each step",
                "--memory 100KiB --tbptt 5,70         | which its gradient reaches, must be there together",
                "--text a --task adding               | exclude each other",
                "--text nowhere.txt                   | nowhere.txt: there is no such file",
                "--csv nowhere.csv                    | nowhere.csv: there is no such file",
            })
    void wrongOptionsSayWhatIsRight(String options, String expected) {
        assertRefused(expected, train(options.split(" ", -1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--peephole=true", "--zoneout=0.1"})
    void optionsThatThereAreNotAreUnknown(String option) {
        assertRefused("unknown option", train(option));
    }

    @Test
    void textsThatAreNone() throws IOException {
        assertRefused("is a folder", train("--text", folder.toString()));
        assertRefused("is empty", train("--text", file(new byte[0])));
        assertRefused("is empty", train("--text", file("\uFEFF".getBytes(StandardCharsets.UTF_8))));
        assertRefused("byte 1 is NUL", train("--text", file(new byte[] {'a', 0})));
        assertRefused("line 1, character 3: byte 2 (0xFF) is not UTF-8", train("--text", file(new byte[] {
            'a', 'b', (byte) 0xff, 'c'
        })));
        assertRefused("at least 20", train("--text", file("abc".getBytes(StandardCharsets.UTF_8))));
        assertRefused(
                "at least 101 are needed for --unroll 100",
                train("--text", file("abcdefghij".repeat(11).getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void aTableTooLargeToScale() throws IOException {
        String table = "a\n" + "-1e308\n1e308\n".repeat(20);
        assertRefused("column 'a'", train("--csv", file(table.getBytes(StandardCharsets.UTF_8))));
    }

    private String file(byte[] content) throws IOException {
        return Files.write(folder.resolve("file"), content).toString();
    }

    @Test
    void anUnknownWayToShowProgress() {
        assertRefused("'bar'", CliRun.of("train", "--progress", "baar", "--out", run().toString()));
    }

    @Test
    void foldersThatCannotBeUsed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertRefused("is a file", CliRun.of("train", "--out", file.toString()));
        assertRefused(
                "cannot write in",
                CliRun.of("train", "--out", file.resolve("below").toString()));
        Path old = Files.createDirectory(folder.resolve("old"));
        Files.writeString(old.resolve("metrics.jsonl"), "{}");
        assertRefused("already holds a run", CliRun.of("train", "--out", old.toString()));
        assertEquals("{}", Files.readString(old.resolve("metrics.jsonl")));
    }

    @Test
    void modelsThatDoNotFit() throws IOException {
        assertRefused(
                "there is no such folder",
                CliRun.of("evaluate", "--model", folder.resolve("no").toString()));
        assertRefused("holds no model.safetensors", CliRun.of("generate", "--model", folder.toString()));
        Path model = folder.resolve("series");
        assertEquals(
                0,
                CliRun.of("train", "--steps", "1", "--progress", "none", "--out", model.toString())
                        .exitCode());
        assertRefused("give --csv", CliRun.of("evaluate", "--model", model.toString(), "--task", "adding"));
        assertRefused("has no vocabulary", CliRun.of("generate", "--model", model.toString()));
        String text = file("abcdefghij\n".repeat(30).getBytes(StandardCharsets.UTF_8));
        Path chars = folder.resolve("chars");
        assertEquals(
                0,
                CliRun.of(
                                "train",
                                "--text",
                                text,
                                "--steps",
                                "1",
                                "--unroll",
                                "9",
                                "--progress",
                                "none",
                                "--out",
                                chars.toString())
                        .exitCode());
        assertRefused(
                "--prompt: character 3, 'é' (U+00E9)",
                CliRun.of("generate", "--model", chars.toString(), "--prompt", "abé"));
        Path other = folder.resolve("other.safetensors");
        Safetensors.read(chars.resolve("model.safetensors"))
                .putMetadata("vocabulary", "ab")
                .write(other);
        assertRefused("its vocabulary 2 characters", CliRun.of("generate", "--model", other.toString()));
        Safetensors.read(model.resolve("model.safetensors"))
                .putMetadata("scaling", "{no")
                .write(other);
        assertRefused(other + ": metadata: not a scaling", CliRun.of("evaluate", "--model", other.toString()));
        assertRefused("--temperature -1.0", CliRun.of("generate", "--model", chars.toString(), "--temperature", "-1"));
        assertRefused("give --text FILE", CliRun.of("evaluate", "--model", chars.toString()));
    }
}
