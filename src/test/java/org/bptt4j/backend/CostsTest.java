package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file of constants: what it holds, and that nothing wrong in it passes. */
class CostsTest {
    private static final Path BUILT_IN = Path.of("src/main/resources/org/bptt4j/backend/costs.properties");
    private static final String CARD = """
            card.name = Some Card
            card.multiprocessors = 10
            card.lanes = 128
            card.clock.mhz = 1500
            card.l2.mib = 4
            card.memory.gbs = 300
            """;

    @TempDir
    Path folder;

    private static String builtIn() throws IOException {
        return Files.readString(BUILT_IN);
    }

    @Test
    void noCardWasMeasuredYet() {
        Costs costs = Costs.builtIn();
        assertTrue(costs.source().contains("not measured on a card"), costs.source());
        assertNull(costs.measured());
        assertEquals(List.of(), costs.sweeps());
        assertEquals(12.2, costs.cpu().laneGflops());
        assertEquals(6, costs.cuda().stepMicros());
    }

    @Test
    void aMeasurementOfACardIsRead() throws IOException {
        String sweeps = "sweep.graph.tanh.32.128 = 5.4\nsweep.persistent.tanh.32.128=0.8\n";
        Costs costs = Costs.read(Files.writeString(folder.resolve("costs"), builtIn() + CARD + sweeps));
        assertEquals(new Costs.Card("Some Card", 10, 128, 1500, 4, 300), costs.measured());
        assertEquals(
                List.of(
                        new Costs.SweepTime(SweepForm.GRAPH, Cell.TANH, 32, 128, 5.4),
                        new Costs.SweepTime(SweepForm.PERSISTENT, Cell.TANH, 32, 128, 0.8)),
                costs.sweeps());
    }

    /** What is put in place of the line of "margin", or behind the file; and what is said of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                              | c: 'margin' is missing",
                "margin = 0                    | c:LINE: 'margin' is '0', must be a number above 0",
                "margin = NaN                  | c:LINE: 'margin' is 'NaN', must be a number above 0",
                "margin = Infinity             | c:LINE: 'margin' is 'Infinity', must be a number above 0",
                "margin = two                  | c:LINE: 'margin' is 'two', must be a number above 0",
                "margin 2                      | c:LINE: 'margin 2' is no line 'key = value'",
                "margins = 2                   | c: 'margin' is missing",
                "margin = 2;margin = 3         | 'margin' was given in line LINE already",
                "margin = 2;cpu.speed = 3      | 'cpu.speed' is no key of this file",
                "margin = 2;card.lanes = 64    | c: 'card.name' is missing",
                "margin = 2;sweep.graph.tanh.32 = 1        | must be sweep.FORM.CELL.B.H, such as sweep.graph.tanh.32.128",
                "margin = 2;sweep.auto.tanh.32.128 = 1     | no form is called 'auto'; there are steps, graph, persistent",
                "margin = 2;sweep.graph.tann.32.128 = 1    | no cell is called 'tann'",
                "margin = 2;sweep.graph.tanh.0.128 = 1     | '0' must be a whole number of at least 1",
                "margin = 2;sweep.graph.tanh.32.128 = 1    | c: 'card.name' is missing",
            })
    void whatIsWrongIsNamed(String lines, String message) throws IOException {
        String line = "margin = 1.5";
        String text = builtIn();
        long number = text.substring(0, text.indexOf(line)).lines().count() + 1;
        String wrong = text.replace(line, lines == null ? "" : lines.replace(';', '\n'));
        String said = assertThrows(IllegalArgumentException.class, () -> Costs.parse("c", wrong))
                .getMessage();
        assertTrue(said.contains(message.replace("LINE", Long.toString(number))), said);
    }

    @Test
    void aCardWithoutTimesIsNoMeasurement() throws IOException {
        String text = builtIn() + CARD;
        String said = assertThrows(IllegalArgumentException.class, () -> Costs.parse("c", text))
                .getMessage();
        assertTrue(said.startsWith("c: describes a card"), said);
    }
}
