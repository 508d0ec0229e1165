package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserLibrariesTest {
    @Test
    void ofSeveralToolkitsTheNewestComesFirstAfterTheOneThatIsSet(@TempDir Path root) throws IOException {
        for (String name :
                List.of("cuda-12.0", "cuda-9.2", "cuda-12.10", "cuda-12.8", "cuda-12", "cuda-12.x", "cudnn-9")) {
            Files.createDirectory(root.resolve(name));
        }
        List<String> names = UserLibraries.toolkits(root).stream()
                .map(lib64 -> root.relativize(lib64).getName(0).toString())
                .toList();
        assertEquals("cuda", names.get(0));
        assertEquals(List.of("cuda-12.10", "cuda-12.8"), names.subList(1, 3));
        assertEquals(7, names.size());
        assertEquals("cuda-12.x", names.get(6));
    }
}
