package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What could not be made whole holds no memory: the caller has nothing that he could close. */
class FailedAllocationTest {
    private static final RnnSpec SPEC = RnnSpec.of(2, 3, 1);

    /** {@code backend}, whose allocations fail from the {@code good}-th on, counted from 0. */
    private static Backend failing(Backend backend, int good) {
        int[] allocations = new int[1];
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, args) -> {
                    if (method.getName().equals("allocate") && allocations[0]++ >= good) {
                        throw new OutOfDeviceMemoryException("cpu", 4, 0, null);
                    }
                    try {
                        return method.invoke(backend, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void assertHoldsNothing(int good, Consumer<Backend> action) {
        try (Backend backend = Backends.select("cpu")) {
            assertThrows(OutOfDeviceMemoryException.class, () -> action.accept(failing(backend, good)));
            assertEquals(0, backend.allocatedBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aNetwork(int good) {
        assertHoldsNothing(good, backend -> Rnn.create(backend, SPEC, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void aTrainer(int good) {
        assertHoldsNothing(good, backend -> {
            try (Rnn rnn = Rnn.create(backend, SPEC, 1)) {
                Trainer.of(rnn).build();
            }
        });
    }
}
