package org.bptt4j.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.bptt4j.NonFiniteException;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.io.SafetensorsException;

/**
 * What a command's exception means to the user.
 *
 * @param exitCode {@link #BAD_INPUT} or {@link #IN_THE_WORK}
 * @param message one line
 * @param expected false for an exception that only a mistake in this program explains
 */
record Failure(int exitCode, String message, boolean expected) {
    /** Exit code of a failure while working: disk full, memory exhausted, a gradient that is not finite. */
    static final int IN_THE_WORK = 1;
    /** Exit code of wrong usage, of input that is missing or malformed, and of an output folder that cannot be used. */
    static final int BAD_INPUT = 2;

    static Failure of(Throwable thrown) {
        Throwable t = thrown instanceof UncheckedIOException e ? e.getCause() : thrown;
        String message =
                OptionWords.of(oneLine(t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage()));
        if (t instanceof UsageException
                || t instanceof IllegalArgumentException
                || t instanceof BackendUnavailableException
                || t instanceof SafetensorsException
                || t instanceof FileNotFoundException) {
            return new Failure(BAD_INPUT, message, true);
        }
        if (t instanceof NoSuchFileException e) {
            return new Failure(BAD_INPUT, file(e, "there is no such file"), true);
        }
        if (t instanceof AccessDeniedException e) {
            return new Failure(BAD_INPUT, file(e, "no permission"), true);
        }
        if (t instanceof NotDirectoryException e) {
            return new Failure(BAD_INPUT, file(e, "is not a folder"), true);
        }
        if (t instanceof OutOfMemoryError) {
            String remedy =
                    ": use --memory, a smaller batch or fewer steps, or a larger heap with BPTT4J_JAVA_OPTS=-Xmx4g";
            return new Failure(IN_THE_WORK, "out of memory (" + message + ")" + remedy, true);
        }
        if (t instanceof IOException
                || t instanceof NonFiniteException
                || t instanceof DeviceException
                || t instanceof OutOfDeviceMemoryException) {
            return new Failure(IN_THE_WORK, message, true);
        }
        return new Failure(IN_THE_WORK, oneLine("internal error: " + t + cause(t)), false);
    }

    private static String file(FileSystemException e, String otherwise) {
        return oneLine(e.getFile() + ": " + (e.getReason() == null ? otherwise : e.getReason()));
    }

    private static String cause(Throwable t) {
        return t.getCause() == null ? "" : " (" + t.getCause() + ")";
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
