package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the driver can keep compiled kernels, by the environment. */
class KernelCacheTest {
    @TempDir
    Path folder;

    private static void assertProblem(Map<String, String> environment, String... words) {
        String said = KernelCache.problem(environment).orElseThrow();
        for (String word : words) {
            assertTrue(said.contains(word), said);
        }
    }

    @Test
    void aHomeOrANamedFolderWillDo() {
        assertEquals(Optional.empty(), KernelCache.problem(Map.of("HOME", folder.toString())));
        assertEquals(
                Optional.empty(), KernelCache.problem(Map.of("HOME", folder.toString(), "CUDA_CACHE_DISABLE", "0")));
        String below = folder.resolve("to/be/made").toString();
        assertEquals(Optional.empty(), KernelCache.problem(Map.of("CUDA_CACHE_PATH", below)));
    }

    @Test
    void whatStandsInTheWayIsNamed() throws IOException {
        String home = folder.toString();
        assertProblem(Map.of("HOME", home, "CUDA_CACHE_DISABLE", "1"), "CUDA_CACHE_DISABLE is 1", "unset it");
        assertProblem(Map.of(), "HOME is not set", "set CUDA_CACHE_PATH");
        String file = Files.writeString(folder.resolve("file"), "").toString();
        assertProblem(Map.of("HOME", file), file + "/.nv/ComputeCache cannot be written", "set CUDA_CACHE_PATH");
        assertProblem(Map.of("HOME", home, "CUDA_CACHE_PATH", file), file + " cannot be written");
    }
}
