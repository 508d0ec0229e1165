package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bptt4j.spec.Loss;
import org.junit.jupiter.api.Test;

class SeriesSourceTest {
    private static final int ROWS = 60;
    private static final int TRAINING = 50;

    /** Column 0 is the row's number, column 1 its square. */
    private static float[] table() {
        float[] table = new float[ROWS * 2];
        for (int i = 0; i < ROWS; i++) {
            table[2 * i] = i;
            table[2 * i + 1] = i * i;
        }
        return table;
    }

    private static SeriesSource source(long seed, Loss.At at) {
        return new SeriesSource(table(), 2, 1, TRAINING, 3, 8, 4, at, seed);
    }

    private static List<Batch> epoch(SeriesSource source, long epoch) {
        List<Batch> batches = new ArrayList<>();
        source.start(epoch);
        for (Batch batch = source.next(); batch != null; batch = source.next()) {
            batches.add(batch);
        }
        return batches;
    }

    @Test
    void windowsHoldAllColumnsAndTheTargetsNextChange() {
        for (Batch batch : epoch(source(1, Loss.At.EVERY), 0)) {
            for (int t = 0; t < 8; t++) {
                for (int b = 0; b < batch.rows(); b++) {
                    float row = batch.x()[(t * batch.rows() + b) * 2];
                    assertEquals(batch.x()[b * 2] + t, row);
                    assertEquals(row * row, batch.x()[(t * batch.rows() + b) * 2 + 1]);
                    assertEquals(2 * row + 1, batch.values()[t * batch.rows() + b]);
                    assertTrue(row + 1 < TRAINING, "the target must be a training row");
                }
            }
        }
    }

    @Test
    void aLossAtTheLastStepGetsTheLastChange() {
        Batch batch = epoch(source(1, Loss.At.LAST), 0).get(0);
        assertEquals(3, batch.values().length);
        assertEquals(2 * batch.x()[7 * 3 * 2] + 1, batch.values()[0]);
    }

    @Test
    void epochsDifferInPhaseAndOrderButNotInNumber() {
        Set<Float> starts = new HashSet<>();
        for (long epoch = 0; epoch < 20; epoch++) {
            List<Batch> batches = epoch(source(1, Loss.At.EVERY), epoch);
            assertEquals(source(1, Loss.At.EVERY).batches(), batches.size());
            starts.add(batches.get(0).x()[0]);
        }
        assertTrue(starts.size() > 5, "first windows of 20 epochs: " + starts);
    }

    @Test
    void theSeedDecides() {
        assertArrayEquals(
                epoch(source(7, Loss.At.EVERY), 3).get(1).x(),
                epoch(source(7, Loss.At.EVERY), 3).get(1).x());
        assertTrue(epoch(source(7, Loss.At.EVERY), 3).get(0).x()[0]
                        != epoch(source(8, Loss.At.EVERY), 3).get(0).x()[0]
                || epoch(source(7, Loss.At.EVERY), 4).get(0).x()[0]
                        != epoch(source(8, Loss.At.EVERY), 4).get(0).x()[0]);
    }

    @Test
    void refusesFewerRowsThanOneWindow() {
        assertThrows(
                IllegalArgumentException.class, () -> new SeriesSource(table(), 2, 1, 8, 3, 8, 4, Loss.At.EVERY, 1));
    }
}
