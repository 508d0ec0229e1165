package org.bptt4j.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A lock on a run's folder: one process writes in it at a time. It lies on an empty file, which stays, and ends with the process,
 * however that ends.
 */
final class FolderLock implements AutoCloseable {
    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock on {@code file}, which is made if it is missing; null if another has it. */
    @SuppressWarnings("resource") // closed with the lock, or here
    static FolderLock take(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        boolean taken = false;
        try {
            taken = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // By a run in this very process.
        } finally {
            if (!taken) {
                channel.close();
            }
        }
        return taken ? new FolderLock(channel) : null;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
