package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Arguments that do not fit are refused before anything happens, with both shapes in the message. */
interface RefusalContract extends Contract {
    Pattern SHAPE = Pattern.compile("\\[[0-9, ]+]");

    @Test
    default void theTableHasEveryOperationOnMemory() {
        Set<Class<?>> memory = Set.of(
                DeviceArray.class,
                Matrix.class,
                Ints.class,
                RecurrentForward.class,
                RecurrentBackward.class,
                Update.class);
        Set<String> expected = Arrays.stream(Backend.class.getMethods())
                .filter(m -> Arrays.stream(m.getParameterTypes()).anyMatch(memory::contains))
                .map(Covers.Name::of)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> table = Operation.ALL.stream().map(Operation::name).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(expected, table);
    }

    @Test
    default void argumentsThatFitAreAccepted() {
        for (Operation operation : Operation.ALL) {
            operation.call().accept(backend(), operation.arguments(kit()));
            assertTrue(kit().called().contains(operation.name()));
        }
    }

    @Test
    default void eachArgumentOfAnotherShapeIsRefusedNamingBothShapes() {
        for (Operation operation : Operation.ALL) {
            for (int i = 0; i < operation.arguments().size(); i++) {
                Operation.Argument argument = operation.arguments().get(i);
                if (argument.misfit() == null) {
                    continue;
                }
                Object[] arguments = operation.arguments(kit());
                arguments[i] = argument.misfit().apply(kit());
                String what = operation.name() + ", argument " + i;
                String message = assertThrows(
                                IllegalArgumentException.class,
                                () -> operation.call().accept(backend(), arguments),
                                what)
                        .getMessage();
                List<String> shapes =
                        SHAPE.matcher(message).results().map(MatchResult::group).toList();
                assertTrue(shapes.size() >= 2, what + " names both shapes: " + message);
                assertNotEquals(1, Set.copyOf(shapes).size(), what + " names different shapes: " + message);
            }
        }
    }

    @Test
    default void eachArrayOfAnotherBackendIsRefused() {
        try (Kit other = new Kit(open(1))) {
            for (Operation operation : Operation.ALL) {
                for (int i = 0; i < operation.arguments().size(); i++) {
                    Object[] arguments = operation.arguments(kit());
                    arguments[i] = operation.arguments(other)[i];
                    String what = operation.name() + ", argument " + i;
                    String message = assertThrows(
                                    IllegalArgumentException.class,
                                    () -> operation.call().accept(backend(), arguments),
                                    what)
                            .getMessage();
                    assertTrue(message.contains("another backend"), what + ": " + message);
                }
            }
        }
    }

    @Test
    default void rowsThatAreNotWholeStepsAreRefused() {
        Matrix delta = kit().randomMatrix(6, 4);
        Matrix input = kit().randomMatrix(6, 5);
        for (int batch : new int[] {0, -2, 4, 12}) {
            Matrix gradient = kit().randomMatrix(4, 5);
            Matrix bias = kit().randomMatrix(1, 4);
            Ints ids = kit().ints(0, 1, 2, 3, 4, 0);
            assertThrows(IllegalArgumentException.class, () -> backend().weightGradient(delta, input, batch, gradient));
            assertThrows(IllegalArgumentException.class, () -> backend().biasGradient(delta, batch, bias));
            assertThrows(IllegalArgumentException.class, () -> backend().scatterColumns(ids, delta, batch, gradient));
        }
    }

    @Test
    default void resultsMayNotOverlapOperands() {
        DeviceArray array = kit().floats(new float[40]);
        Matrix a = new Matrix(array, 0, 4, 4, 4);
        Matrix tail = new Matrix(array, 15, 4, 4, 4);
        Matrix behind = new Matrix(array, 16, 4, 4, 4);
        float[] before = kit().read(array);
        assertThrows(
                IllegalArgumentException.class,
                () -> backend().gemm(Transpose.NO, a, Transpose.NO, behind, false, tail));
        assertThrows(
                IllegalArgumentException.class,
                () -> backend().gemm(Transpose.NO, behind, Transpose.YES, a, true, tail));
        assertThrows(IllegalArgumentException.class, () -> backend().weightGradient(a, behind, 2, tail));
        assertArrayEquals(before, kit().read(array));
        backend().gemm(Transpose.NO, a, Transpose.NO, a, false, behind);
    }
}
