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

    private static final Scaling NONE = new Scaling(List.of("row", "square"), 1, List.of(0.0, 0.0), List.of(1.0, 1.0));

    /** Column 0 is the row's number, column 1 its square. */
    private static Series table() {
        double[][] table = new double[2][ROWS];
        for (int i = 0; i < ROWS; i++) {
            table[0][i] = i;
            table[1][i] = i * i;
        }
        return new Series(NONE.columns(), table, 1);
    }

    private static SeriesSource source(long seed, Loss.At at) {
        return new SeriesSource(table(), NONE, TRAINING, 3, 8, 4, at, seed);
    }

    @Test
    void valuesAreScaled() {
        Scaling scaling = new Scaling(NONE.columns(), 1, List.of(3.0, 0.0), List.of(2.0, 10.0));
        SeriesSource source = new SeriesSource(table(), scaling, TRAINING, 3, 8, 4, Loss.At.EVERY, 1);
        Batch plain = epoch(source(1, Loss.At.EVERY), 0).get(0);
        Batch batch = epoch(source, 0).get(0);
        for (int i = 0; i < batch.values().length; i++) {
            assertEquals((plain.x()[2 * i] - 3) / 2, batch.x()[2 * i]);
            assertEquals(plain.x()[2 * i + 1] / 10, batch.x()[2 * i + 1]);
            assertEquals(plain.values()[i] / 10, batch.values()[i], 1e-5);
        }
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
                IllegalArgumentException.class, () -> new SeriesSource(table(), NONE, 8, 3, 8, 4, Loss.At.EVERY, 1));
    }
}
