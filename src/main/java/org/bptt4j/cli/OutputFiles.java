package org.bptt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at an output file before the work begins, so that hours of it are not lost to a typo. */
final class OutputFiles {
    private OutputFiles() {}

    /** Refuses, with a {@link UsageException}, a file that could not be written. */
    static void requireWritable(String option, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || (Files.exists(file) && !Files.isRegularFile(file))) {
            throw new UsageException(option + " " + file + ": exists and is not a regular file; name another");
        }
        if (!Files.isDirectory(folder)) {
            throw new UsageException(option + " " + file + ": there is no folder " + folder + "; create it first");
        }
        if (!Files.isWritable(folder)) {
            throw new UsageException(option + " " + file + ": no permission to create files in folder " + folder);
        }
    }
}
