package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackedSourceTest {
    private static final int NONE = -100;
    private static final int ROWS = 3;
    private static final int STEPS = 4;

    /** Sequence s is s·100, s·100 + 1, …: 2 to 12 symbols. */
    private static final int[][] SEQUENCES = new int[11][];

    static {
        for (int s = 0; s < SEQUENCES.length; s++) {
            SEQUENCES[s] = new int[s + 2];
            for (int i = 0; i < SEQUENCES[s].length; i++) {
                SEQUENCES[s][i] = s * 100 + i;
            }
        }
    }

    private static List<Batch> epoch(PackedSource source, long number) {
        List<Batch> batches = new ArrayList<>();
        source.start(number);
        for (Batch batch = source.next(); batch != null; batch = source.next()) {
            batches.add(batch);
        }
        assertNull(source.next());
        return batches;
    }

    @Test
    void everySymbolIsReadOnceInItsPlace() {
        PackedSource source = new PackedSource(SEQUENCES, ROWS, STEPS, NONE, 1);
        for (long number = 0; number < 3; number++) {
            List<Batch> batches = epoch(source, number);
            int[] before = new int[ROWS];
            int read = 0;
            int begun = 0;
            for (Batch batch : batches) {
                assertEquals(batch != batches.get(0), batch.isContinuing());
                for (int i = 0; i < STEPS * ROWS; i++) {
                    int id = batch.ids()[i];
                    int target = batch.classes()[i];
                    if (target == NONE) {
                        assertEquals(SEQUENCES.length, begun, "left over while there are sequences");
                        continue;
                    }
                    assertEquals(id + 1, target);
                    // A row goes on with the next symbol, or begins a sequence.
                    assertEquals(batch.resets()[i], id % 100 == 0);
                    assertEquals(batch.resets()[i] ? id : before[i % ROWS] + 1, id);
                    before[i % ROWS] = id;
                    read++;
                    begun += batch.resets()[i] ? 1 : 0;
                }
            }
            assertEquals(1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11, read);
            assertEquals(SEQUENCES.length, begun);
        }
    }

    @Test
    void epochsHaveTheirOwnOrder() {
        PackedSource source = new PackedSource(SEQUENCES, ROWS, STEPS, NONE, 1);
        List<Integer> starts = new ArrayList<>();
        for (long number : new long[] {0, 1, 0}) {
            starts.add(epoch(source, number).stream()
                    .mapToInt(b -> Arrays.hashCode(b.ids()))
                    .sum());
        }
        assertEquals(starts.get(0), starts.get(2));
        assertNotEquals(starts.get(0), starts.get(1));
    }

    @Test
    void sequencesNeedSomethingToPredict() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new PackedSource(new int[][] {{1, 2}, {3}}, ROWS, STEPS, NONE, 1));
        assertThrows(IllegalArgumentException.class, () -> new PackedSource(new int[0][], ROWS, STEPS, NONE, 1));
        assertThrows(IllegalArgumentException.class, () -> new PackedSource(SEQUENCES, 0, STEPS, NONE, 1));
    }
}
