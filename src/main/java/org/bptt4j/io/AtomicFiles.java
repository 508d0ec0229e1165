package org.bptt4j.io;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes files so that a reader sees either the old content or all of the new one, even across a crash.
 *
 * <p>Works on the default file system only. A process that is killed in the middle leaves its temporary file
 * ({@code .<hex>.tmp}) behind, but never a half-written target.
 */
public final class AtomicFiles {
    private static final int BUFFER_BYTES = 1 << 16;

    private AtomicFiles() {}

    /**
     * Replaces {@code target} by what {@code content} writes: temporary file in the same folder, fsync, rename, fsync
     * of the folder. If anything fails, {@code target} stays as it was and the temporary file is deleted.
     *
     * <p>The stream given to {@code content} is buffered, and closing it early does no harm. A symbolic link is
     * followed when what it points to exists, and replaced otherwise.
     *
     * @param target the file to create or replace; its folder must exist
     * @param content writes the whole new content
     * @throws IOException if the folder is missing, {@code target} exists and is no regular file, the disk refuses, or
     *     {@code content} throws it
     */
    public static void write(Path target, IoConsumer<? super OutputStream> content) throws IOException {
        write(target, null, content);
    }

    /**
     * Writes as {@link #write(Path, IoConsumer)} does, and keeps the file that was there as {@code before}. A crash between the two
     * renames leaves no {@code target}, but {@code before}.
     *
     * @param before in the same folder; what was there under this name goes. Null to keep nothing
     */
    static void write(Path target, Path before, IoConsumer<? super OutputStream> content) throws IOException {
        Path file = Files.isSymbolicLink(target) && Files.exists(target) ? target.toRealPath() : target;
        Path folder = file.toAbsolutePath().getParent();
        // Renaming over a device such as /dev/null would replace it for everyone.
        if (folder == null || (Files.exists(file) && !Files.isRegularFile(file))) {
            throw new FileSystemException(target.toString(), null, "exists and is not a regular file");
        }
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(target.toString(), null, "there is no folder " + folder);
        }
        Path temporary = createTemporary(folder, target);
        boolean done = false;
        try {
            fill(temporary, content);
            if (before != null && Files.exists(file)) {
                replace(file, before);
            }
            replace(temporary, file);
            done = true;
        } finally {
            if (!done) {
                deleteQuietly(temporary);
            }
        }
        syncFolder(folder);
    }

    /** Not {@link Files#createTempFile}: that makes files only their owner can read, whatever the umask allows. */
    private static Path createTemporary(Path folder, Path target) throws IOException {
        while (true) {
            String name =
                    String.format(".%016x.tmp", ThreadLocalRandom.current().nextLong());
            try {
                return Files.createFile(folder.resolve(name));
            } catch (FileAlreadyExistsException e) {
                // Another writer drew the same name; draw again.
            } catch (AccessDeniedException e) {
                FileSystemException denied = new AccessDeniedException(
                        target.toString(), null, "no permission to create files in folder " + folder);
                denied.initCause(e);
                throw denied;
            }
        }
    }

    private static void fill(Path temporary, IoConsumer<? super OutputStream> content) throws IOException {
        // Not a channel: an interrupt closes those, and a last checkpoint is often written by an interrupted thread.
        try (FileOutputStream file = new FileOutputStream(temporary.toFile())) {
            OutputStream buffered = new BufferedOutputStream(file, BUFFER_BYTES) {
                @Override
                public void close() throws IOException {
                    flush(); // the file must stay open for the fsync below
                }
            };
            content.accept(buffered);
            buffered.flush();
            file.getFD().sync();
        }
    }

    private static void replace(Path temporary, Path file) throws IOException {
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void deleteQuietly(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The failure that brought us here is on its way to the caller and says more than this one.
        }
    }

    /** Makes the rename itself durable. Best effort: some platforms cannot open a folder, and the data is safe. */
    private static void syncFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Nothing is half-written; at worst a power cut brings the old file back.
        }
    }
}
