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
import org.bptt4j.io.FileErrors;
import org.bptt4j.io.SafetensorsException;
import picocli.CommandLine.Model.CommandSpec;

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

    /** Longer messages lose their middle. */
    private static final int LONGEST = 1200;

    private static final int TAIL = 400;

    /** @param command what was run, whose options can be advised; null if it is not known */
    static Failure of(Throwable thrown, CommandSpec command) {
        Throwable t = thrown instanceof UncheckedIOException e ? e.getCause() : thrown;
        if (t instanceof OutOfMemoryError) {
            return new Failure(IN_THE_WORK, outOfMemory(printable(text(t)), command), true);
        }
        if (t instanceof OutOfDeviceMemoryException) {
            return new Failure(IN_THE_WORK, onDevice(printable(text(t)), command), true);
        }
        if (isBadInput(t)) {
            return new Failure(BAD_INPUT, printable(text(t)), true);
        }
        if (t instanceof IOException || t instanceof NonFiniteException || t instanceof DeviceException) {
            return new Failure(IN_THE_WORK, printable(text(t)), true);
        }
        return new Failure(IN_THE_WORK, printable("internal error: " + t + cause(t)), false);
    }

    private static boolean isBadInput(Throwable t) {
        return t instanceof UsageException
                || t instanceof IllegalArgumentException
                || t instanceof BackendUnavailableException
                || t instanceof SafetensorsException
                || t instanceof FileNotFoundException
                || t instanceof NoSuchFileException
                || t instanceof AccessDeniedException
                || t instanceof NotDirectoryException;
    }

    private static String text(Throwable t) {
        if (t instanceof FileSystemException e) {
            return FileErrors.message(e);
        }
        if (t.getMessage() != null && !t.getMessage().isBlank()) {
            return OptionWords.of(t.getMessage());
        }
        return t instanceof IOException e ? FileErrors.reason(e) : t.getClass().getSimpleName();
    }

    private static String outOfMemory(String reason, CommandSpec command) {
        // Of a thread's stack, which is not in the heap.
        return reason.contains("native thread")
                ? "out of memory (" + reason + "): use fewer --threads, or raise the limit on processes (ulimit -u)"
                : "out of memory (" + reason + "): use " + Remedies.forMemory(command, true);
    }

    /** The backend's own advice, if the command has what it names; else its first sentence and what the command has. */
    private static String onDevice(String message, CommandSpec command) {
        String heap = Remedies.largerHeap();
        if (Remedies.hasAll(message, command)) {
            return message.replace("raise the heap with BPTT4J_JAVA_OPTS=-Xmx4g", "use " + heap);
        }
        String what = message.replaceFirst("\\. .*", "");
        return what + ": use " + Remedies.forMemory(command, what.startsWith("cpu"));
    }

    private static String cause(Throwable t) {
        return t.getCause() == null ? "" : " (" + t.getCause() + ")";
    }

    /** One line of moderate length in which nothing moves the cursor, whatever data or file names it quotes. */
    static String printable(String text) {
        String line = text.strip().replaceAll("\\s*\\R\\s*", " ");
        String shown = line.length() <= LONGEST
                ? line
                : line.substring(0, LONGEST - TAIL) + " … " + line.substring(line.length() - TAIL);
        return Printable.whole(shown);
    }
}
