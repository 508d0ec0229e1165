package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bptt4j.data.tasks.Adding;
import org.bptt4j.data.tasks.TaskSource;
import org.bptt4j.spec.Loss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** From every position of an epoch each source goes on as if it had come there batch by batch. */
class SourcePositionTest {
    private static final SymbolSequence TEXT =
            SymbolSequence.of(IntStream.range(0, 211).toArray());

    private static Stream<Arguments> sources() {
        List<Arguments> sources = new ArrayList<>();
        add(sources, "training", () -> TextSource.training(TEXT, 3, 211, 3, 7, Loss.At.EVERY));
        add(sources, "evaluation", () -> TextSource.evaluation(TEXT, 3, 211, 3, 7));
        add(sources, "series", SourcePositionTest::series);
        add(sources, "task", () -> TaskSource.training(new Adding(10), 2, 9, 5));
        add(sources, "held out", () -> TaskSource.heldOut(new Adding(10), 2, 9, 5));
        return sources.stream();
    }

    private static SeriesSource series() {
        double[] values = IntStream.range(0, 100).mapToDouble(Math::sin).toArray();
        Series series = new Series(List.of("sine"), new double[][] {values}, 0);
        return new SeriesSource(series, Scaling.fit(series, 80), 100, 3, 9, 4, Loss.At.EVERY, 5);
    }

    private static void add(List<Arguments> sources, String name, Supplier<BatchSource> make) {
        sources.add(Arguments.of(name, make));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sources")
    void skippingIsDrawingAndDropping(String name, Supplier<BatchSource> make) {
        try (PrefetchingSource ahead = new PrefetchingSource(make.get())) {
            for (long epoch : new long[] {0, 2}) {
                List<Batch> batches = drain(make.get(), epoch);
                assertEquals(((CountedSource) make.get()).batches(), batches.size());
                for (int done = 0; done <= batches.size() + 1; done++) {
                    SourcePosition position = new SourcePosition(epoch, done);
                    BatchSource fresh = make.get();
                    position.seek(fresh);
                    assertRest(batches, done, fresh);
                    position.seek(ahead);
                    assertRest(batches, done, ahead);
                }
                assertSkippingTwice(batches, epoch, make.get());
            }
        }
    }

    private static void assertSkippingTwice(List<Batch> batches, long epoch, BatchSource source) {
        source.start(epoch);
        source.skip(1);
        assertSame(batches.get(1), source.next());
        source.skip(2);
        source.skip(0);
        assertRest(batches, 4, source);
        source.start(epoch);
        source.next();
        source.skip(Long.MAX_VALUE);
        assertNull(source.next());
    }

    private static List<Batch> drain(BatchSource source, long epoch) {
        List<Batch> batches = new ArrayList<>();
        source.start(epoch);
        for (Batch batch = source.next(); batch != null; batch = source.next()) {
            batches.add(batch);
        }
        return batches;
    }

    private static void assertRest(List<Batch> batches, int from, BatchSource source) {
        for (int n = from; n < batches.size(); n++) {
            assertSame(batches.get(n), source.next());
        }
        assertNull(source.next());
        assertNull(source.next());
    }

    private static void assertSame(Batch expected, Batch batch) {
        assertArrayEquals(expected.ids(), batch.ids());
        assertArrayEquals(expected.x(), batch.x());
        assertArrayEquals(expected.classes(), batch.classes());
        assertArrayEquals(expected.values(), batch.values());
        assertEquals(expected.isContinuing(), batch.isContinuing());
    }

    @Test
    void countsBatchesAndEpochs() {
        SourcePosition position = SourcePosition.START.afterBatch().afterBatch();
        assertEquals(new SourcePosition(0, 2), position);
        assertEquals(new SourcePosition(1, 1), position.nextEpoch().afterBatch());
        assertThrows(IllegalArgumentException.class, () -> new SourcePosition(0, -1));
        assertThrows(IllegalArgumentException.class, () -> new SourcePosition(-1, 0));
    }
}
