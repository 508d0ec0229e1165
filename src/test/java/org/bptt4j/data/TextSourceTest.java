package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.bptt4j.spec.Loss;
import org.junit.jupiter.api.Test;

class TextSourceTest {
    /** Character i is i. */
    private static final SymbolSequence IDS =
            SymbolSequence.of(IntStream.range(0, 30).toArray());

    @Test
    void rowsAreContiguousAndGoOnFromBatchToBatch() {
        TextSource source = TextSource.training(IDS, 0, 22, 2, 4, Loss.At.EVERY);
        assertEquals(2, source.batches());
        source.start(0);
        Batch first = source.next();
        assertArrayEquals(new int[] {0, 10, 1, 11, 2, 12, 3, 13}, first.ids());
        assertArrayEquals(new int[] {1, 11, 2, 12, 3, 13, 4, 14}, first.classes());
        assertFalse(first.isContinuing());
        Batch second = source.next();
        assertArrayEquals(new int[] {4, 14, 5, 15, 6, 16, 7, 17}, second.ids());
        assertTrue(second.isContinuing());
        assertNull(source.next());
        source.start(1);
        assertFalse(source.next().isContinuing());
    }

    @Test
    void aLossAtTheLastStepGetsTheWindowsLastTarget() {
        TextSource source = TextSource.training(IDS, 0, 22, 2, 4, Loss.At.LAST);
        source.start(0);
        assertArrayEquals(new int[] {4, 14}, source.next().classes());
    }

    @Test
    void evaluationHasATargetForEveryCharacterOfItsRows() {
        TextSource source = TextSource.evaluation(IDS, 20, 30, 1, 4);
        assertEquals(3, source.batches());
        source.start(0);
        int targets = 0;
        int batches = 0;
        for (Batch batch = source.next(); batch != null; batch = source.next()) {
            targets += batch.classes().length;
            batches++;
        }
        assertEquals(9, targets);
        assertEquals(3, batches);
    }

    @Test
    void aShortTextMakesFewerRows() {
        TextSource source = TextSource.training(IDS, 0, 11, 32, 5, Loss.At.EVERY);
        source.start(0);
        assertEquals(2, source.next().rows());
    }

    @Test
    void refusesATextShorterThanOneWindow() {
        assertThrows(IllegalArgumentException.class, () -> TextSource.training(IDS, 0, 5, 1, 5, Loss.At.EVERY));
        assertThrows(IllegalArgumentException.class, () -> TextSource.evaluation(IDS, 29, 30, 1, 5));
    }
}
