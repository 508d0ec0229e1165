package org.bptt4j.data.tasks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.apache.commons.math3.random.RandomGenerator;
import org.bptt4j.data.Batch;
import org.bptt4j.data.RandomStream;
import org.bptt4j.spec.Loss;
import org.junit.jupiter.api.Test;

class TasksTest {
    private static final int ROWS = 7;

    private static RandomGenerator random() {
        return RandomStream.of(3, RandomStream.Use.TRAINING, 0);
    }

    @Test
    void addingMarksOneNumberOfEachHalf() {
        int steps = 9;
        Batch batch = new Adding(steps).draw(ROWS, random());
        for (int b = 0; b < ROWS; b++) {
            float sum = 0;
            int[] marks = new int[2];
            for (int t = 0; t < steps; t++) {
                int at = (t * ROWS + b) * 2;
                assertTrue(batch.x()[at] >= 0 && batch.x()[at] < 1);
                sum += batch.x()[at] * batch.x()[at + 1];
                marks[t < steps / 2 ? 0 : 1] += (int) batch.x()[at + 1];
            }
            assertEquals(sum, batch.values()[b]);
            assertArrayEquals(new int[] {1, 1}, marks);
        }
    }

    @Test
    void temporalOrderHasTwoMarksWhereTheyBelong() {
        int steps = 40;
        Batch batch = new TemporalOrder(steps).draw(ROWS, random());
        for (int b = 0; b < ROWS; b++) {
            int pair = 0;
            int marks = 0;
            for (int t = 0; t < steps; t++) {
                int symbol = batch.ids()[t * ROWS + b];
                assertTrue(symbol >= 0 && symbol < 6);
                if (symbol < 2) {
                    assertTrue(marks++ == 0 ? t >= 4 && t <= 8 : t >= 16 && t <= 20, "step " + t);
                    pair = pair * 2 + symbol;
                }
            }
            assertEquals(2, marks);
            assertEquals(pair, batch.classes()[b]);
        }
    }

    @Test
    void copyAsksForItsSymbolsAtTheEnd() {
        Batch batch = new Copy(5).draw(1, random());
        int[] ids = batch.ids();
        assertEquals(25, batch.steps());
        assertTrue(Arrays.stream(ids, 0, 10).allMatch(id -> id < 8));
        assertArrayEquals(new int[] {8, 8, 8, 8, 9, 8}, Arrays.copyOfRange(ids, 10, 16));
        assertTrue(Arrays.stream(batch.classes(), 0, 15).allMatch(c -> c == 8));
        assertArrayEquals(Arrays.copyOf(ids, 10), Arrays.copyOfRange(batch.classes(), 15, 25));
        assertEquals(10 * Math.log(8) / 25, new Copy(5).trivialLoss());
    }

    @Test
    void parityCountsOnes() {
        Batch batch = new Parity(12).draw(ROWS, random());
        for (int b = 0; b < ROWS; b++) {
            int ones = 0;
            for (int t = 0; t < 12; t++) {
                ones += batch.ids()[t * ROWS + b];
                assertEquals(ones % 2, batch.classes()[t * ROWS + b]);
            }
        }
        assertEquals(Math.log(2), new Parity(12).trivialLoss());
    }

    @Test
    void tasksKnowWhereTheirTargetsAre() {
        assertEquals(Loss.mse().atLastStep(), new Adding(10).loss());
        assertEquals(Loss.crossEntropy().atLastStep(), new TemporalOrder(10).loss());
        assertEquals(Loss.crossEntropy(), new Copy(10).loss());
        assertEquals(Loss.crossEntropy(), new Parity(10).loss());
    }

    @Test
    void refuseLengthsWithoutRoom() {
        assertThrows(IllegalArgumentException.class, () -> new Adding(1));
        assertThrows(IllegalArgumentException.class, () -> new TemporalOrder(9));
        assertThrows(IllegalArgumentException.class, () -> new Copy(0));
        assertThrows(IllegalArgumentException.class, () -> new Parity(0));
    }

    @Test
    void refuseWhatNoArrayHolds() {
        assertThrows(IllegalArgumentException.class, () -> new Copy(Integer.MAX_VALUE));
        for (int rows : new int[] {1, Integer.MAX_VALUE}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> TaskSource.training(new Adding(Integer.MAX_VALUE), rows, 1, 1));
        }
    }

    @Test
    void trainingSequencesAreNewEachEpochAndNeverHeldOutOnes() {
        Task task = new Parity(40);
        TaskSource training = TaskSource.training(task, 4, 2, 5);
        TaskSource heldOut = TaskSource.heldOut(task, 4, 2, 5);
        int[] epoch0 = first(training, 0);
        assertArrayEquals(epoch0, first(TaskSource.training(task, 4, 2, 5), 0));
        assertFalse(Arrays.equals(epoch0, first(training, 1)));
        assertFalse(Arrays.equals(epoch0, first(heldOut, 0)));
        assertArrayEquals(first(heldOut, 0), first(heldOut, 1));
    }

    private static int[] first(TaskSource source, long epoch) {
        source.start(epoch);
        int[] ids = source.next().ids();
        source.next();
        assertNull(source.next());
        return ids;
    }
}
