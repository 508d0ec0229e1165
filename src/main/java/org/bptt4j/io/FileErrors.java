package org.bptt4j.io;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words for what went wrong with a file: the message of a {@link FileSystemException} is often nothing but a path. */
public final class FileErrors {
    /** The message of a {@link FileNotFoundException}: the path, and the system's reason in brackets. */
    private static final Pattern PATH_AND_REASON = Pattern.compile(".* \\((.+)\\)", Pattern.DOTALL);

    private FileErrors() {}

    /** The reason of a failure, in words and without the file's name: "there is no such file or folder", "No space left on device". */
    public static String reason(IOException e) {
        if (e instanceof FileSystemException f && f.getReason() != null) {
            return f.getReason();
        }
        String known = known(e);
        if (known != null) {
            return known;
        }
        String message = e.getMessage();
        if (e instanceof FileNotFoundException && message != null) {
            Matcher m = PATH_AND_REASON.matcher(message);
            return m.matches() ? m.group(1) : message;
        }
        boolean says = message != null && !message.isBlank() && !(e instanceof FileSystemException);
        return says ? message : "the system gave no reason";
    }

    /** The file, where the exception names one, and the {@link #reason}. */
    public static String message(IOException e) {
        return e instanceof FileSystemException f && f.getFile() != null ? f.getFile() + ": " + reason(e) : reason(e);
    }

    /** What the exception's class says, or null. */
    private static String known(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (e instanceof AccessDeniedException) {
            return "no permission";
        }
        if (e instanceof NotDirectoryException) {
            return "it is not a folder";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "the folder is not empty";
        }
        if (e instanceof FileSystemLoopException) {
            return "its symbolic links go round in a circle";
        }
        if (e instanceof NotLinkException) {
            return "it is not a symbolic link";
        }
        if (e instanceof CharacterCodingException) {
            return "it holds bytes that are not text in the expected encoding";
        }
        if (e instanceof EOFException) {
            return "it ends too early";
        }
        return e instanceof ClosedByInterruptException ? "reading or writing was interrupted" : null;
    }
}
