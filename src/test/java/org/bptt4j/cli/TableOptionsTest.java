package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.bptt4j.ModelFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables on the command line: from the options through a run's folder and its model, and back. */
class TableOptionsTest {
    @TempDir
    Path folder;

    private String table(String header, int rows, IntFunction<String> row) throws IOException {
        StringBuilder text = new StringBuilder(header + "\n");
        for (int i = 0; i < rows; i++) {
            text.append(row.apply(i)).append('\n');
        }
        // Called like the series that comes with the program, which it is not.
        return Files.writeString(folder.resolve("sunspot_month.csv"), text).toString();
    }

    private CliRun train(String... options) {
        List<String> args = new ArrayList<>(List.of(
                "train", "--progress", "none", "--hidden", "2", "--batch", "1", "--unroll", "5", "--out", run()));
        args.addAll(List.of(options));
        return CliRun.of(args);
    }

    private String run() {
        return folder.resolve("run").toString();
    }

    @Test
    void namesWithCommasGoThroughARunAndItsModel() throws IOException {
        String csv = table(
                "id,t,\"T, degC\",\"p\nmbar\"",
                60,
                i -> "AB".charAt(i / 30) + "," + i % 30 + "," + i * i % 17 + ",950");
        CliRun first = train(
                "--csv",
                csv,
                "--columns",
                "\"T, degC\", t",
                "--columns",
                "\"p\nmbar\"",
                "--target",
                "T, degC",
                "--steps",
                "1");
        first.assertDone();
        List<String> warnings =
                first.err().lines().filter(l -> l.startsWith("warning: ")).toList();
        assertEquals(1, warnings.size(), first.err());
        assertTrue(
                warnings.get(0).startsWith("warning: " + csv + ": column 'id' seems to name 2 series ('A', 'B')"),
                first.err());
        Map<?, ?> options = (Map<?, ?>)
                Json.read(Files.readString(folder.resolve("run/run.json"))).get("options");
        assertEquals("\"T, degC\",t,\"p\nmbar\"", options.get("columns"));
        CliRun.of("train", "--resume", run(), "--steps", "2", "--progress", "none")
                .assertDone();
        ModelFile model = ModelFile.read(folder.resolve("run/model.safetensors"));
        assertEquals(3, model.spec().inputSize());
        assertFalse(model.metadata().containsKey(SeriesData.BUNDLED_SERIES));
        CliRun.of("evaluate", "--model", run())
                .assertFailed(
                        2,
                        "the model is one of a table with the columns 'T, degC', 't', 'p\\nmbar': give it with --csv FILE");
        CliRun evaluated = CliRun.of("evaluate", "--model", run(), "--csv", csv);
        evaluated.assertDone();
        assertTrue(evaluated.out().contains("RMSE of 'T, degC'"), evaluated.out());
    }

    /** The bundled series is known by what the model says. */
    @Test
    void aModelOfTheBundledSeriesNeedsNoFile() {
        TrainingData bundled = SeriesData.bundled();
        assertTrue(bundled.metadata().containsKey(SeriesData.BUNDLED_SERIES));
        assertTrue(bundled.description().containsKey("bundled"));
    }

    @Test
    void aTableCalledLikeItIsTheUsers() throws IOException {
        Path file = Path.of(table("sunspots", 40, i -> "" + i % 7));
        TrainingData data = SeriesData.read(file, null, null, warning -> {});
        assertFalse(data.metadata().containsKey(SeriesData.BUNDLED_SERIES));
        assertFalse(data.description().containsKey("bundled"));
        assertEquals(40L, data.description().get("rows"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v~                                      | has 0 rows below the header, at least 20 are needed",
                "v~1~                                    | has 1 row below the header",
                "~~                                      | has no lines, expected a header and rows",
                "v;w~1;2~                                | separated by semicolons",
                "50.5~51.5~                              | line 1 looks like data",
            })
    void tablesThatAreNone(String text, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("t.csv"), text.replace('~', '\n'));
        train("--csv", file.toString()).assertFailed(2, file + ": ", message);
        assertFalse(Files.exists(folder.resolve("run")));
    }

    @Test
    void valuesOutOfRangeAreNamed() throws IOException {
        train("--csv", table("\u001b[2Jv", 100, i -> i < 90 ? "" + i % 7 : "1e300"))
                .assertFailed(2, "column '\\u001b[2Jv', row 91");
        String large = table("v", 100, i -> i < 90 ? "" + i % 7 : "1e300");
        train("--csv", large).assertFailed(2, large + ": column 'v', row 91: 1.0E300 is too far");
        String small = table("v", 100, i -> i % 7 + "e-323");
        train("--csv", small)
                .assertFailed(2, small + ": column 'v': its values, from 0.0 to 5.9E-323, differ too little");
    }

    @Test
    void aWorkbooksTextIsCalledWhatItIs() throws IOException {
        Path file = Files.write(folder.resolve("t.csv"), "\uFEFFt,v\n0,1\n".getBytes(StandardCharsets.UTF_16LE));
        train("--csv", file.toString()).assertFailed(2, "this is text in UTF-16; make it UTF-8: iconv -f UTF-16");
    }
}
