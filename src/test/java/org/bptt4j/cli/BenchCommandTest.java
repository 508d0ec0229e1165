package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest {
    @TempDir
    Path folder;

    @Test
    void writesATableAndOneObjectALine() throws IOException {
        Path json = folder.resolve("bench.jsonl");
        CliRun run = CliRun.of("bench", "--config", "2,3,4,5,6,relu,2", "--threads", "1", "--json", json.toString());
        run.assertDone();
        assertEquals(2, run.out().lines().count(), run.out());
        assertTrue(run.err().contains("row 1 of 1"), run.err());
        List<String> lines = Files.readAllLines(json);
        assertEquals(1, lines.size());
        Map<String, String> object = parse(lines.get(0));
        assertEquals(
                List.of(
                        "backend",
                        "cell",
                        "B",
                        "T",
                        "I",
                        "H",
                        "O",
                        "layers",
                        "threads",
                        "ms",
                        "ms_min",
                        "gflops",
                        "peak_gflops"),
                List.copyOf(object.keySet()));
        assertEquals(
                List.of("cpu", "relu", "2", "3", "4", "5", "6", "2", "1"),
                object.values().stream().limit(9).toList());
    }

    static Map<String, String> parse(String line) throws IOException {
        Map<String, String> object = new LinkedHashMap<>();
        try (JsonParser json = new JsonFactory().createParser(line)) {
            json.nextToken();
            while (json.nextFieldName() != null) {
                String name = json.currentName();
                json.nextToken();
                object.put(name, json.getText());
            }
        }
        return object;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1,2,3,4",
                "1,2,3,4,5,tanh,1,1",
                "1,2,3,4,0",
                "1,2,3,4,x",
                "1,2,3,4,5,gruu",
                "1,2,3,4,5,tanh,0",
                "100000,100000,3,4,5",
                "2147483647,2147483647,2147483647,1,1"
            })
    void aBadConfigurationIsRefusedBeforeAnyWork(String config) {
        Path json = folder.resolve("bench.jsonl");
        CliRun.of("bench", "--config", config, "--json", json.toString()).assertFailed(2, "--config " + config);
        assertFalse(Files.exists(json));
    }

    @Test
    void anUnknownGridAndAMissingFolderAreRefused() {
        CliRun.of("bench", "--grid", "ful").assertFailed(2, "--grid 'ful'", "did you mean 'full'?");
        CliRun.of("bench", "--json", folder.resolve("no/file").toString()).assertFailed(2, "--json", "no folder");
    }

    @Test
    void theOperationsAreThoseOfTheFormula() {
        double rows = 32 * 100;
        double expected = 6 * rows * (64 * 128 + 128 * 128 + 128 * 64) - 2 * rows * 64 * 128;
        assertEquals(expected, BenchConfig.parse("32,100,64,128,64").flop());
        double second = 6 * rows * 2 * 128 * 128;
        assertEquals(
                expected + second, BenchConfig.parse("32,100,64,128,64,tanh,2").flop());
    }

    /** Each gate has its rows of both weights; the head has none. */
    @ParameterizedTest
    @CsvSource({"lstm, 4", "gru, 3"})
    void gatesMultiplyTheOperationsOfTheRecurrentPart(String cell, int gates) {
        double rows = 16 * 1024;
        double recurrent = 6 * rows * 256 * (64 + 256) - 2 * rows * 64 * 256;
        assertEquals(
                gates * recurrent + 6 * rows * 256 * 64,
                BenchConfig.parse("16,1024,64,256,64," + cell).flop());
    }

    @Test
    void theGridsAreRowsOfOneTable() {
        assertEquals(8 + 2 * 5, BenchConfig.FULL.size());
        assertTrue(BenchConfig.FULL.containsAll(BenchConfig.SMALL));
        assertEquals(BenchConfig.parse("32,30,512,512,512"), BenchConfig.SMALL.get(1));
        assertEquals(BenchConfig.parse("32,100,64,128,64,lstm"), BenchConfig.SMALL.get(3));
        assertEquals(BenchConfig.parse("64,50,1024,1024,1024,gru"), BenchConfig.FULL.get(17));
    }
}
