package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.bptt4j.backend.cuda.CardRow;
import org.bptt4j.roofline.Card;
import org.bptt4j.roofline.Row;
import org.bptt4j.roofline.TrainingStep;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;

/** The model of docs/roofline.md has the rows without gates of {@code bench --grid full}, and counts the same work for them. */
class BenchGridTest {
    @Test
    void theModelHasTheGridAndItsWork() {
        List<BenchConfig> grid = Row.GRID.stream()
                .map(r -> new BenchConfig(r.batch(), r.steps(), RnnSpec.of(r.input(), r.hidden(), r.output())))
                .toList();
        assertEquals(BenchConfig.PLAIN, grid);
        for (int i = 0; i < grid.size(); i++) {
            double flop = grid.get(i).flop();
            assertEquals(
                    flop,
                    TrainingStep.flop(Card.H100, Row.GRID.get(i)),
                    1e-9 * flop,
                    Row.GRID.get(i).toString());
        }
    }

    /** What is measured on a card is these and what others have published. */
    @Test
    void aCardIsMeasuredWithTheWholeGrid() {
        List<BenchConfig> measured = CardRow.ALL.stream()
                .map(r -> new BenchConfig(
                        r.batch(), r.steps(), new RnnSpec(r.cell(), r.input(), r.hidden(), 1, r.output())))
                .toList();
        assertTrue(measured.containsAll(BenchConfig.FULL), measured.toString());
        assertEquals(
                6, CardRow.ALL.stream().filter(r -> !r.published().isEmpty()).count());
        assertEquals(BenchConfig.FULL.size() + 6, CardRow.ALL.size());
    }
}
