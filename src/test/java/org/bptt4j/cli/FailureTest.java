package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.io.SafetensorsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailureTest {
    static Stream<Throwable> badInput() {
        return Stream.of(
                new UsageException("x"),
                new IllegalArgumentException("x"),
                new BackendUnavailableException("x"),
                new SafetensorsException("x"),
                new FileNotFoundException("x"),
                new NoSuchFileException("x"),
                new AccessDeniedException("x"),
                new NotDirectoryException("x"),
                new UncheckedIOException(new NoSuchFileException("x")));
    }

    static Stream<Throwable> inTheWork() {
        return Stream.of(
                new IOException("No space left on device"),
                new FileSystemException("x", null, "No space left on device"),
                new UncheckedIOException(new IOException("x")),
                new OutOfDeviceMemoryException("cpu", 1, 0, null),
                new DeviceException("cuLaunchKernel fill", "CUDA_ERROR_LAUNCH_FAILED", "start again"),
                new OutOfMemoryError("Java heap space"));
    }

    @ParameterizedTest
    @MethodSource
    void badInput(Throwable thrown) {
        Failure failure = Failure.of(thrown, null);
        assertEquals(2, failure.exitCode());
        assertTrue(failure.expected());
        assertTrue(failure.message().startsWith("x"), failure.message());
    }

    @ParameterizedTest
    @MethodSource
    void inTheWork(Throwable thrown) {
        Failure failure = Failure.of(thrown, null);
        assertEquals(1, failure.exitCode());
        assertTrue(failure.expected());
    }

    @Test
    void whatNobodyForesawIsCalledInternalAndKeepsItsCause() {
        Failure failure = Failure.of(new IllegalStateException("a worker", new ArithmeticException("by zero")), null);
        assertEquals(1, failure.exitCode());
        assertFalse(failure.expected());
        assertTrue(failure.message().startsWith("internal error: "), failure.message());
        assertTrue(failure.message().contains("by zero"), failure.message());
    }

    @Test
    void aMessageIsOneLineEvenWithoutWords() {
        assertEquals("a b", Failure.of(new UsageException(" a\r\n  b\n"), null).message());
        assertEquals(
                "the system gave no reason", Failure.of(new IOException(), null).message());
        assertEquals(
                "x: no permission",
                Failure.of(new AccessDeniedException("x"), null).message());
        assertEquals(
                "x: why",
                Failure.of(new NoSuchFileException("x", null, "why"), null).message());
    }
}
