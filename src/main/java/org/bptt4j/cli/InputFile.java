package org.bptt4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.bptt4j.data.TextFile;
import org.bptt4j.io.FileErrors;

/** Opens a text file in UTF-8; everything that can be wrong with it is a {@link UsageException} naming the file. */
final class InputFile {
    private static final System.Logger LOG = System.getLogger(InputFile.class.getName());
    private static final long MEGABYTE = 1_000_000;
    private static final long NOTE_NANOS = 2_000_000_000L;

    private InputFile() {}

    /** Scans the file, with notes in the log; {@code use} says what it should be, for messages. */
    static TextFile scan(Path file, String use) {
        String name = Printable.whole(file.toString());
        if (!Files.exists(file)) {
            throw new UsageException(name + ": there is no such file");
        }
        if (Files.isDirectory(file)) {
            throw new UsageException(name + ": is a folder, expected " + use);
        }
        if (!Files.isReadable(file)) {
            throw new UsageException(name + ": cannot read: no permission");
        }
        try {
            LongConsumer notes = notes(name, "of " + Files.size(file) / MEGABYTE + " MB");
            return TextFile.scan(file, use, done -> notes.accept(done / MEGABYTE));
        } catch (IOException e) {
            throw new UsageException(name + ": cannot read: " + FileErrors.reason(e), e);
        } catch (IllegalArgumentException e) {
            throw new UsageException(Printable.whole(e.getMessage()), e);
        }
    }

    /** To be told how far reading is: says so in the log every two seconds. */
    static LongConsumer notes(String file, String unit) {
        long[] last = {System.nanoTime()};
        return done -> {
            if (System.nanoTime() - last[0] > NOTE_NANOS) {
                last[0] = System.nanoTime();
                LOG.log(System.Logger.Level.INFO, "reading " + file + ": " + done + " " + unit);
            }
        };
    }
}
