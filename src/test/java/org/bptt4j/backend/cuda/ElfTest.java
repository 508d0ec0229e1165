package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JCuda's library is turned from one major version of cuBLAS to another. */
class ElfTest {
    private static final String OLD = CublasLibrary.name(12);
    private static final String NEW = CublasLibrary.name(13);

    @TempDir
    Path folder;

    /** The example that the System V ABI's hash is usually shown by. */
    @Test
    void theHashIsTheAbis() {
        assertEquals(0x077905a6, Elf.hash("printf"));
    }

    @Test
    void onlyTheNameAndItsHashAreChanged() throws IOException {
        Path file = Natives.unpack("JCublas2", folder);
        byte[] original = Files.readAllBytes(file);
        Natives.retarget(file, 13);
        byte[] made = Files.readAllBytes(file);
        int different = 0;
        for (int i = 0; i < original.length; i++) {
            different += original[i] == made[i] ? 0 : 1;
        }
        assertEquals(2, different, "one digit, and one byte of the hash");
        assertEquals(Elf.hash(OLD) + 1, Elf.hash(NEW));
        new Elf(made).retarget(NEW, OLD);
        assertArrayEquals(original, made, "and back again");
    }

    @Test
    void whatIsNotAsExpectedIsRefused() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> new Elf(new byte[100]));
        Path driver = Natives.unpack("JCudaDriver", folder);
        String message = assertThrows(IllegalArgumentException.class, () -> Natives.retarget(driver, 13))
                .getMessage();
        assertTrue(message.contains("libcublas.so.12 0 times"), message);
    }
}
