package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What every backend must do, operation by operation, against plain loops in double.
 *
 * <p>No operation escapes: the names in {@link Covers} are exactly the methods of {@link Backend}.
 */
public abstract class BackendContract extends PartOfContract
        implements MemoryContract,
                LifetimeContract,
                RefusalContract,
                MatrixContract,
                DropoutContract,
                GradientContract,
                SweepContract,
                ResetContract,
                LossContract,
                WeightedLossContract,
                UpdateContract {
    @Test
    void everyOperationIsCoveredByATest() {
        Set<String> operations = Arrays.stream(Backend.class.getMethods())
                .map(Covers.Name::of)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> covered = Arrays.stream(getClass().getMethods())
                .filter(m -> m.isAnnotationPresent(Covers.class))
                .map(BackendContract::covers)
                .flatMap(Arrays::stream)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(operations, covered);
    }

    private static String[] covers(Method test) {
        return test.getAnnotation(Covers.class).value();
    }
}
