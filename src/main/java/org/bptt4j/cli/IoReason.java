package org.bptt4j.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why reading or writing failed, in words: the exceptions of files say only which file it was. */
final class IoReason {
    private IoReason() {}

    /** The reason, without the file. */
    static String of(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (e instanceof AccessDeniedException) {
            return "no permission";
        }
        if (e instanceof NotDirectoryException) {
            return "it is not a folder";
        }
        if (e instanceof FileSystemException f) {
            return f.getReason() == null ? "the file system refused it" : f.getReason();
        }
        return e.getMessage() == null ? "for an unknown reason" : e.getMessage();
    }
}
