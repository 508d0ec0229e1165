package org.bptt4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path folder;

    @Test
    void createsAndReplaces() throws IOException {
        Path file = folder.resolve("a.txt");
        write(file, "a long first version");
        write(file, "second");
        assertEquals("second", Files.readString(file));
        assertEquals(List.of("a.txt"), names());
    }

    @Test
    void closingTheStreamEarlyDoesNoHarm() throws IOException {
        Path file = folder.resolve("a.txt");
        AtomicFiles.write(file, out -> {
            try (out) {
                out.write('x');
            }
        });
        assertEquals("x", Files.readString(file));
    }

    @Test
    void failureInTheMiddleLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("a.txt");
        write(file, "old");
        IOException thrown = assertThrows(
                IOException.class,
                () -> AtomicFiles.write(file, out -> {
                    out.write(new byte[1_000_000]);
                    assertEquals("old", Files.readString(file));
                    assertEquals(2, names().size());
                    throw new IOException("disk full");
                }));
        assertEquals("disk full", thrown.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("a.txt"), names());
    }

    @Test
    void uncheckedFailureOfANewFileLeavesNothing() throws IOException {
        assertThrows(
                IllegalStateException.class,
                () -> AtomicFiles.write(folder.resolve("a.txt"), out -> {
                    throw new IllegalStateException("bug");
                }));
        assertEquals(List.of(), names());
    }

    @Test
    void writesWhileInterrupted() throws IOException {
        Path file = folder.resolve("a.txt");
        Thread.currentThread().interrupt();
        try {
            write(file, "last checkpoint");
        } finally {
            assertTrue(Thread.interrupted(), "the interrupt must stay visible");
        }
        assertEquals("last checkpoint", Files.readString(file));
    }

    @Test
    void refusesAFolderAsTarget() throws IOException {
        Path target = Files.createDirectory(folder.resolve("sub"));
        FileSystemException thrown = assertThrows(FileSystemException.class, () -> write(target, "x"));
        assertTrue(thrown.getMessage().contains("not a regular file"), thrown.getMessage());
    }

    @Test
    void namesAMissingFolder() {
        Path target = folder.resolve("missing").resolve("a.txt");
        NoSuchFileException thrown = assertThrows(NoSuchFileException.class, () -> write(target, "x"));
        assertTrue(thrown.getMessage().contains("there is no folder"), thrown.getMessage());
    }

    @Test
    void followsASymbolicLink() throws IOException {
        Path real = folder.resolve("real.txt");
        write(real, "old");
        Path link = folder.resolve("link.txt");
        Files.createSymbolicLink(link, real);
        write(link, "new");
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(real));
    }

    private static void write(Path file, String text) throws IOException {
        AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
