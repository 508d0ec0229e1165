package org.bptt4j.data;

import org.apache.commons.math3.random.RandomDataGenerator;
import org.apache.commons.math3.random.RandomGenerator;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Require;
import org.bptt4j.spec.Sizes;

/**
 * Training windows of a scaled table: input all columns of T rows, target after each row the <em>change</em> of the forecast
 * column to the next row.
 *
 * <p>The forecast is y_t + the network's output, and its squared error is the loss: (y_t + ŷ) − y_{t+1} = ŷ − (y_{t+1} − y_t).
 * So a network that outputs 0 is the persistence forecast, and a series that leaves the range it was trained on is still
 * forecast from where it is.
 *
 * <p>Windows begin every {@code stride} rows from a random first row, drawn anew for each epoch, in random order.
 */
public final class SeriesSource implements CountedSource {
    private final Series series;
    private final Scaling scaling;
    private final int rows;
    private final int steps;
    private final int stride;
    private final int largestPhase;
    private final Loss.At at;
    private final long seed;
    private int[] order;
    private int phase;
    private int next;
    private boolean started;

    /**
     * A source of windows.
     *
     * @param series the table
     * @param scaling of its columns
     * @param trainingRows only the first so many rows are used, at least T + 1
     * @param rows B; the last batch of an epoch may have fewer
     * @param steps T
     * @param stride rows between the beginnings of two windows
     * @param at targets [T,B,1] at every step, or [B,1] at the last
     * @param seed of the windows' beginnings and order
     */
    public SeriesSource(
            Series series, Scaling scaling, long trainingRows, int rows, int steps, int stride, Loss.At at, long seed) {
        Require.given(series, "series");
        Require.given(scaling, "scaling");
        Require.given(at, "at");
        if (rows < 1 || steps < 1 || stride < 1) {
            throw new IllegalArgumentException("B = " + rows + " windows of T = " + steps + " rows every " + stride
                    + " rows: all must be at least 1");
        }
        if (trainingRows <= steps || trainingRows > series.rows()) {
            throw new IllegalArgumentException(trainingRows + " training rows, of a table of " + series.rows()
                    + ", do not fill one window of T = " + steps + " and its target");
        }
        scaling.requireColumns(series);
        this.series = series;
        this.scaling = scaling;
        this.rows = rows;
        this.steps = steps;
        this.stride = stride;
        this.at = at;
        this.seed = seed;
        long lastStart = trainingRows - 1 - steps;
        this.largestPhase = (int) Math.min(stride - 1, lastStart);
        long windows = (lastStart - largestPhase) / stride + 1;
        this.order = new int[Sizes.array("the order of the windows", "use a larger stride", windows)];
        int columns = series.columns().size();
        Sizes.array("a batch [T,B,I]", "use fewer windows or steps", steps, Math.min(rows, windows), columns);
    }

    @Override
    public long batches() {
        return ((long) order.length + rows - 1) / rows;
    }

    @Override
    public void start(long epoch) {
        started = true;
        RandomGenerator random = RandomStream.of(seed, RandomStream.Use.TRAINING, epoch);
        phase = random.nextInt(largestPhase + 1);
        order = new RandomDataGenerator(random).nextPermutation(order.length, order.length);
        next = 0;
    }

    @Override
    public void skip(long batches) {
        next = (int) Math.min(order.length, next + Math.min(batches, order.length) * rows);
    }

    @Override
    public Batch next() {
        if (!started) {
            throw new IllegalStateException("next before start: call start(epoch) first");
        }
        int count = Math.min(rows, order.length - next);
        if (count == 0) {
            return null;
        }
        int columns = series.columns().size();
        float[] x = new float[steps * count * columns];
        int first = at == Loss.At.EVERY ? 0 : steps - 1;
        float[] targets = new float[(steps - first) * count];
        for (int b = 0; b < count; b++) {
            long start = phase + (long) order[next + b] * stride;
            for (int t = 0; t < steps; t++) {
                for (int c = 0; c < columns; c++) {
                    x[(t * count + b) * columns + c] = scaled(start + t, c);
                }
                if (t >= first) {
                    targets[(t - first) * count + b] =
                            scaled(start + t + 1, series.target()) - scaled(start + t, series.target());
                }
            }
        }
        next += count;
        return Batch.dense(steps, count, columns, x).withTargets(targets);
    }

    private float scaled(long row, int c) {
        return scaling.apply(series.value(row, c), c);
    }
}
