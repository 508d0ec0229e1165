package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cublas13Test {
    @TempDir
    Path folder;

    /** The example that the System V ABI's hash is usually shown by. */
    @Test
    void theHashIsTheAbis() {
        assertEquals(0x077905a6, Elf.hash("printf"));
    }

    @Test
    void onlyTheNameAndItsHashAreChanged() throws IOException {
        byte[] original = Files.readAllBytes(Natives.unpack("JCublas2", folder));
        byte[] made = Files.readAllBytes(Cublas13.make(folder));
        int different = 0;
        for (int i = 0; i < original.length; i++) {
            different += original[i] == made[i] ? 0 : 1;
        }
        assertEquals(2, different, "one digit, and one byte of the hash");
        assertEquals(Elf.hash(Cublas13.OLD) + 1, Elf.hash(Cublas13.NEW));
        assertArrayEquals(new int[] {1, 1}, new Elf(made).retarget(Cublas13.NEW, Cublas13.OLD));
        assertArrayEquals(original, made, "and back again");
    }

    @Test
    void whatIsNoLibraryIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Elf(new byte[100]));
    }
}
