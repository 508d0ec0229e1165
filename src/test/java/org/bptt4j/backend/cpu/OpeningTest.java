package org.bptt4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.junit.jupiter.api.Test;

/** A backend of many threads takes little memory before it is used, and one that does not open leaves nothing. */
class OpeningTest {
    private static final ThreadMXBean ALLOCATED = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Workspaces, 1.6 MiB a thread, are made when a thread first needs them. */
    @Test
    void manyThreadsTakeLittleMemory() {
        CpuBackends.open("vector", 2).close(); // classes are loaded
        long before = ALLOCATED.getCurrentThreadAllocatedBytes();
        try (Backend backend = CpuBackends.open("vector", 192)) {
            long bytes = ALLOCATED.getCurrentThreadAllocatedBytes() - before;
            assertTrue(backend.description().contains("192 threads"), backend.description());
            assertTrue(bytes < 1 << 20, bytes + " bytes for 192 threads");
        }
    }

    @Test
    void aBackendThatDoesNotOpenLeavesNoThread() throws InterruptedException {
        Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
        OutOfMemoryError full = new OutOfMemoryError("Java heap space");
        Kernels kernels = (Kernels) Proxy.newProxyInstance(
                Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (proxy, method, args) -> {
                    throw full;
                });
        assertSame(full, assertThrows(OutOfMemoryError.class, () -> new CpuBackend(kernels, 5)));
        List<Thread> left = Thread.getAllStackTraces().keySet().stream()
                .filter(t -> !before.contains(t) && t.getName().startsWith("bptt4j-cpu-"))
                .toList();
        for (Thread thread : left) {
            thread.join(); // for ever, if it was not told to end
        }
    }

    @Test
    void aFullHeapIsOutOfDeviceMemoryWithItsRemedy() {
        OutOfMemoryError full = new OutOfMemoryError("Java heap space");
        OutOfDeviceMemoryException e = assertThrows(
                OutOfDeviceMemoryException.class,
                () -> Workspace.array(10, Float.BYTES, n -> {
                    throw full;
                }));
        assertSame(full, e.getCause());
        assertTrue(e.getMessage().startsWith("cpu: 40 bytes asked, "), e.getMessage());
        assertTrue(e.getMessage().contains("-Xmx"), e.getMessage());
        OutOfDeviceMemoryException opening = CpuProvider.tooManyThreads(2000, full);
        assertTrue(opening.getMessage().contains("2000 threads"), opening.getMessage());
        assertTrue(opening.getMessage().contains("fewer threads (BackendOptions.threads)"), opening.getMessage());
        assertTrue(opening.getMessage().contains("-Xmx"), opening.getMessage());
        assertTrue(!opening.getMessage().contains("batch"), opening.getMessage());
    }

    /** Of a worker's part of a job too. */
    @Test
    void aFullHeapInAWorkerIsToldAsWhatItIs() {
        OutOfDeviceMemoryException e = Workspace.outOfMemory(40, new OutOfMemoryError());
        try (Workers workers = new Workers(3)) {
            OutOfDeviceMemoryException told = assertThrows(
                    OutOfDeviceMemoryException.class,
                    () -> workers.run(3, (part, parts) -> {
                        if (part == 2) {
                            throw e;
                        }
                    }));
            assertEquals(e, told);
        }
    }
}
