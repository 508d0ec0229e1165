package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file in place of memory, and batches made ahead: less memory, the same training. */
class StreamingTest {
    private static final String LINE = "the quick brown fox jumps over the lazy dog\n";

    @TempDir
    Path folder;

    private TextFile file(int lines) throws IOException {
        return TextFile.scan(Files.writeString(folder.resolve("text"), LINE.repeat(lines)), "a text", done -> {});
    }

    @Test
    void memoryDoesNotGrowWithTheFile() throws IOException {
        long small = allocated(file(4_000));
        Path path = Files.writeString(folder.resolve("large"), LINE.repeat(400_000));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        TextFile file = TextFile.scan(path, "a text", done -> {});
        long scan = threads.getCurrentThreadAllocatedBytes() - before;
        long size = file.size();
        assertTrue(size > 17_000_000 && scan < 4_000_000, scan + " bytes allocated to scan " + size);
        long large = allocated(file);
        assertTrue(large < 2 * small, large + " bytes allocated for ten batches, of a hundredth of the file " + small);
    }

    private static long allocated(TextFile file) {
        SymbolSequence text = file.symbols(file.vocabulary());
        TextSource source = TextSource.training(text, 0, text.length(), 32, 100, Loss.At.EVERY);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        source.start(0);
        for (int n = 0; n < 10; n++) {
            assertEquals(32, source.next().rows());
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void trainingIsTheSameFromMemoryFromTheFileAndAhead() throws IOException {
        TextFile file = file(50);
        Vocabulary vocabulary = file.vocabulary();
        SymbolSequence memory = SymbolSequence.of(vocabulary.encode(LINE.repeat(50)));
        float[] expected = train(source(memory), vocabulary.size());
        assertArrayEquals(expected, train(source(file.symbols(vocabulary)), vocabulary.size()));
        try (PrefetchingSource ahead = new PrefetchingSource(source(file.symbols(vocabulary)))) {
            assertArrayEquals(expected, train(ahead, vocabulary.size()));
        }
    }

    private static TextSource source(SymbolSequence text) {
        return TextSource.training(text, 0, text.length(), 5, 13, Loss.At.EVERY);
    }

    private static float[] train(BatchSource source, int symbols) {
        try (Backend backend = Backends.select("cpu");
                Rnn rnn = Rnn.create(backend, RnnSpec.of(symbols, 12, symbols), 3);
                Trainer trainer = Trainer.of(rnn).build()) {
            assertEquals(2 * (2199 / 5 / 13), trainer.fit(source, 2, step -> true));
            return rnn.parameter("rnn.weight_hh_l0");
        }
    }
}
