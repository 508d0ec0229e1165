package org.bptt4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What a failed call on a file is to a person: words, neither a bare path nor the name of a Java class. */
final class FileErrorsTest {
    @TempDir
    Path folder;

    @Test
    void saysWhatTheSystemMeans() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        Path none = folder.resolve("none");
        assertEquals("there is no such file or folder", reasonOf(() -> Files.size(none)));
        assertEquals("No such file or directory", reasonOf(() -> new FileInputStream(none.toFile()).close()));
        assertEquals("it exists already", reasonOf(() -> Files.createDirectory(file)));
        assertEquals("the folder is not empty", reasonOf(() -> Files.delete(folder)));
        assertEquals("it is not a folder", reasonOf(() -> Files.list(file).close()));
        assertEquals("it is not a symbolic link", reasonOf(() -> Files.readSymbolicLink(file)));
        Files.write(file, new byte[] {(byte) 0xff});
        assertEquals(
                "it holds bytes that are not text in the expected encoding",
                reasonOf(() -> Files.readString(file, StandardCharsets.UTF_8)));
        // JDK 25 takes it for a file that is not there.
        String inside = reasonOf(() -> Files.size(file.resolve("inside")));
        assertTrue(inside.equals("Not a directory") || inside.equals("there is no such file or folder"), inside);
    }

    @Test
    void aGivenReasonIsKeptAndAMissingOneIsAdmitted() {
        assertEquals("disk on fire", FileErrors.reason(new FileSystemException("f", null, "disk on fire")));
        assertEquals("disk on fire", FileErrors.reason(new IOException("disk on fire")));
        assertEquals("the system gave no reason", FileErrors.reason(new FileSystemException("f")));
        assertEquals("the system gave no reason", FileErrors.reason(new IOException()));
    }

    @Test
    void aMessageNamesTheFile() {
        IOException e = assertThrows(IOException.class, () -> Files.size(folder.resolve("none")));
        assertEquals(folder.resolve("none") + ": there is no such file or folder", FileErrors.message(e));
        assertEquals("disk on fire", FileErrors.message(new IOException("disk on fire")));
    }

    private static String reasonOf(Executable call) {
        return FileErrors.reason(assertThrows(IOException.class, call));
    }
}
