package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Optimizer;
import org.junit.jupiter.api.Test;

/** Views never reach beyond their array, whatever the numbers. */
class ViewsTest {
    private static final class Fake implements DeviceArray {
        private final Type type;
        private final long length;

        Fake(Type type, long length) {
            this.type = type;
            this.length = length;
        }

        @Override
        public Type type() {
            return type;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public Backend backend() {
            throw new AssertionError("views do not ask");
        }

        @Override
        public void close() {}
    }

    private static DeviceArray floats(long length) {
        return new Fake(DeviceArray.Type.FLOAT, length);
    }

    private static DeviceArray ints(long length) {
        return new Fake(DeviceArray.Type.INT, length);
    }

    private static void refused(Runnable call) {
        assertThrows(IllegalArgumentException.class, call::run);
    }

    @Test
    void matricesEndWithinTheirArray() {
        new Matrix(floats(12), 2, 3, 2, 4);
        refused(() -> new Matrix(floats(11), 2, 3, 2, 4));
        refused(() -> new Matrix(floats(12), -1, 3, 2, 4));
        refused(() -> new Matrix(floats(12), 0, -1, 2, 4));
        refused(() -> new Matrix(floats(12), 0, 1, 0, 4));
        refused(() -> new Matrix(floats(12), 0, 1, 3, 2));
        refused(() -> new Matrix(ints(12), 0, 1, 1, 1));
        refused(() -> new Matrix(floats(12), 13, 0, 1, 1));
        refused(() -> new Matrix(floats(12), Long.MAX_VALUE, 1, 1, 1));
        refused(() -> new Matrix(floats(12), 0, Long.MAX_VALUE, 5, 5));
        assertEquals("[3, 2]", new Matrix(floats(12), 2, 3, 2, 4).shape());
    }

    @Test
    void rowsOfAMatrix() {
        Matrix m = new Matrix(floats(100), 10, 6, 3, 5);
        assertEquals(new Matrix(m.array(), 20, 3, 3, 5), m.rows(2, 3));
        assertEquals(0, m.rows(6, 0).rows());
        refused(() -> m.rows(2, 5));
        refused(() -> m.rows(-1, 2));
        refused(() -> m.rows(0, -1));
        refused(() -> m.rows(Long.MAX_VALUE, 2));
        assertEquals(new Matrix(m.array(), 0, 4, 7, 7), Matrix.of(m.array(), 4, 7));
    }

    @Test
    void intsEndWithinTheirArray() {
        Ints view = new Ints(ints(10), 3, 7);
        assertEquals(new Ints(view.array(), 5, 4), view.slice(2, 4));
        refused(() -> new Ints(ints(10), 4, 7));
        refused(() -> new Ints(ints(10), -1, 7));
        refused(() -> new Ints(ints(10), 1, -1));
        refused(() -> new Ints(ints(10), Long.MAX_VALUE, 1));
        refused(() -> new Ints(floats(10), 0, 1));
        refused(() -> view.slice(5, 3));
        refused(() -> view.slice(Long.MAX_VALUE, 1));
    }

    @Test
    void gatesOfOneGateLieInTheStates() {
        Matrix weight = Matrix.of(floats(9), 3, 3);
        Matrix bias = Matrix.of(floats(3), 1, 3);
        Matrix states = Matrix.of(floats(24), 8, 3);
        Matrix apart = Matrix.of(floats(18), 6, 3);
        RecurrentForward sweep =
                new RecurrentForward(Cell.TANH, 2, 0, weight, bias, bias, states.rows(2, 6), states, null);
        assertEquals(3, sweep.steps());
        assertEquals(3, sweep.hidden());
        refused(() -> new RecurrentForward(Cell.TANH, 2, 0, weight, bias, bias, apart, states, null));
        Matrix d = Matrix.of(floats(18), 6, 3);
        Matrix carry = Matrix.of(floats(6), 2, 3);
        assertEquals(3, new RecurrentBackward(Cell.RELU, 2, weight, states.rows(2, 6), states, d, carry, null).steps());
        refused(() -> new RecurrentBackward(
                Cell.RELU, 2, weight, states.rows(2, 6), states, null, d, apart, apart, carry, null, null));
    }

    @Test
    void updatesNeedTheRulesStates() {
        DeviceArray[] one = {floats(7)};
        DeviceArray report = floats(Report.LENGTH);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new Update(Optimizer.adam(1), Clipping.NONE, floats(7), floats(7), one, report))
                .getMessage();
        assertTrue(message.contains("2") && message.contains("1"), message);
        Update update = new Update(Optimizer.sgd(1), Clipping.NONE, floats(7), floats(7), one, report);
        DeviceArray kept = one[0];
        one[0] = null;
        assertEquals(kept, update.states()[0], "the array of states is copied");
        refused(() ->
                new Update(Optimizer.sgd(1), Clipping.NONE, ints(7), floats(7), new DeviceArray[] {kept}, report));
    }
}
