package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * What every backend must do, operation by operation, against plain loops in double.
 *
 * <p>No operation escapes: the names in {@link Covers} are exactly the methods of {@link Backend}, and a test that says it
 * covers an operation fails if it did not call it. Nothing is left allocated after a test.
 */
public abstract class BackendContract
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
    private Kit kit;

    @Override
    public Kit kit() {
        return kit;
    }

    @BeforeEach
    void openBackend() {
        // More threads than most machines lend to a test, so that work is split unevenly.
        kit = new Kit(open(3));
    }

    @AfterEach
    void closeBackendAndHoldTheTestToItsWord(TestInfo info) {
        kit.close();
        Covers covers = info.getTestMethod().orElseThrow().getAnnotation(Covers.class);
        if (covers != null) {
            Set<String> missing = new TreeSet<>(Arrays.asList(covers.value()));
            missing.removeAll(kit.called());
            assertTrue(missing.isEmpty(), "says it covers, but does not call: " + missing);
        }
    }

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
