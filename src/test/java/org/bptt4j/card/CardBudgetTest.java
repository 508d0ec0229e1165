package org.bptt4j.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The page of budgets and the list that gpu.sh goes through say the same. */
class CardBudgetTest {
    /** A person with a card is asked for a quarter of an hour. */
    private static final double ALL = 300;

    @Test
    void thePageIsFresh() throws IOException {
        CardBudget budget = CardBudget.read();
        assertEquals(budget.table(), budget.written());
    }

    @Test
    void theListHasTheLimitsOfThePage() throws IOException {
        Map<String, Integer> listed = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("benchmarks/card-tests"))) {
            if (!line.startsWith("#")) {
                String[] words = line.split(" ", -1);
                listed.put(words[0], Integer.valueOf(words[1]));
            }
        }
        CardBudget budget = CardBudget.read();
        Map<String, Integer> limits = new TreeMap<>();
        budget.classes().forEach(name -> limits.put(name, budget.limit(name)));
        assertEquals(limits, listed);
    }

    @Test
    void allOfItIsPredictedToEndInFiveMinutes() throws IOException {
        CardBudget budget = CardBudget.read();
        double sum = 0;
        for (String name : budget.classes()) {
            sum += budget.seconds(name);
        }
        assertTrue(sum < ALL, sum + " s");
    }

    @Test
    void callsAreCountedByTheirCounters() {
        Map<Call, Long> counts = Call.counts(Map.of(
                "launch",
                3L,
                "launch.cooperative",
                1L,
                "gemm.NT.2x3x4.f32",
                5L,
                "copy.htod.sync",
                2L,
                "copy.htod.sync.bytes",
                999L,
                "graph.launch",
                7L,
                "alloc",
                4L));
        assertEquals(9, counts.get(Call.LAUNCHES));
        assertEquals(2, counts.get(Call.WAITS));
        assertEquals(4, counts.get(Call.ALLOCATIONS));
        assertEquals(0, counts.get(Call.NODES));
    }
}
