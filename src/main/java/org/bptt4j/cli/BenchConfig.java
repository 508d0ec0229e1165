package org.bptt4j.cli;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;

/**
 * One row of the benchmark: a network and the size of its batch.
 *
 * @param rows B
 * @param steps T
 * @param net I, H, O, cell and layers L
 */
record BenchConfig(int rows, int steps, RnnSpec net) {
    /** The training-step grid of plain networks: small and large, short and long sequences, one row and many. */
    static final List<BenchConfig> PLAIN = List.of(
            of(32, 100, 64, 128, 64),
            of(1, 1000, 64, 256, 64),
            of(16, 1024, 64, 256, 64),
            of(64, 128, 256, 512, 256),
            of(64, 50, 1024, 1024, 1024),
            of(32, 30, 512, 512, 512),
            of(16, 50, 1760, 1760, 64),
            of(128, 100, 32, 64, 32));
    /** Five of its rows with gates. */
    static final List<BenchConfig> GATED = Stream.of(Cell.LSTM, Cell.GRU)
            .flatMap(cell -> PLAIN.stream().limit(5).map(row -> row.with(cell)))
            .toList();
    /** Both. */
    static final List<BenchConfig> FULL =
            Stream.of(PLAIN, GATED).flatMap(List::stream).toList();
    /** Rows of it that take little time. */
    static final List<BenchConfig> SMALL = List.of(
            PLAIN.get(0),
            PLAIN.get(5),
            PLAIN.get(7),
            PLAIN.get(0).with(Cell.LSTM),
            PLAIN.get(0).with(Cell.GRU));

    private static BenchConfig of(int rows, int steps, int input, int hidden, int output) {
        return new BenchConfig(rows, steps, RnnSpec.of(input, hidden, output));
    }

    private BenchConfig with(Cell cell) {
        return new BenchConfig(rows, steps, net.withCell(cell));
    }

    /** Reads {@code B,T,I,H,O[,CELL[,LAYERS]]}. */
    static BenchConfig parse(String text) {
        String[] parts = text.split(",", -1);
        if (parts.length < 5 || parts.length > 7) {
            throw fail(text, "must be B,T,I,H,O[,CELL[,LAYERS]], such as 32,100,64,128,64 or 32,100,64,128,64,lstm,2");
        }
        int[] sizes = new int[5];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = atLeastOne(text, parts[i]);
        }
        Cell cell = parts.length < 6 ? Cell.TANH : Names.cell("--config " + text + ": cell", parts[5]);
        int layers = parts.length < 7 ? 1 : atLeastOne(text, parts[6]);
        RnnSpec net = new RnnSpec(cell, sizes[2], sizes[3], layers, sizes[4]);
        BenchConfig config = new BenchConfig(sizes[0], sizes[1], net);
        config.requireArraysFit(text);
        return config;
    }

    private static int atLeastOne(String text, String number) {
        try {
            int value = Integer.parseInt(number);
            if (value >= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The same message as for a number below 1.
        }
        throw fail(text, "'" + number + "' must be a whole number of at least 1");
    }

    private void requireArraysFit(String text) {
        long longest = Integer.MAX_VALUE - 8;
        long kept = (long) net.cell().kept() * net.hiddenSize();
        long width = Math.max(net.inputSize(), Math.max(kept, net.outputSize()));
        if (Math.multiplyHigh((long) rows * (steps + 1L), width) != 0 || rows * (steps + 1L) * width > longest) {
            throw fail(
                    text,
                    "a batch of T·B·max(I,"
                            + (net.cell().kept() == 1 ? "" : net.cell().kept() + "·") + "H,O) elements must not pass "
                            + longest + ": use fewer steps or rows");
        }
    }

    private static UsageException fail(String text, String what) {
        return new UsageException("--config " + text + ": " + what);
    }

    /**
     * Floating point operations of one forward and backward sweep, all sums over layers l: {@code 6·T·B·G·(Σ I_l·H + L·H²) +
     * 6·T·B·H·O − 2·T·B·G·I·H} with I_0 = I, else I_l = H. Each weight is multiplied three times (forward, its own gradient,
     * the gradient of what it read) at two operations an element, but nobody needs the gradient of the input x.
     */
    double flop() {
        double lowest = (double) net.gateRows() * (net.inputSize() + (double) net.hiddenSize());
        double other = (double) net.gateRows() * 2 * net.hiddenSize();
        double weights = lowest + (net.layers() - 1) * other;
        double head = (double) net.hiddenSize() * net.outputSize();
        double input = (double) net.gateRows() * net.inputSize();
        return (double) steps * rows * (6 * (weights + head) - 2 * input);
    }

    /** The same for one time step. */
    double flopPerStep() {
        return flop() / steps;
    }

    /** As {@link #parse} reads it. */
    String text() {
        String sizes = rows + "," + steps + "," + net.inputSize() + "," + net.hiddenSize() + "," + net.outputSize();
        boolean plain = net.cell() == Cell.TANH && net.layers() == 1;
        return plain ? sizes : sizes + "," + net.cell().name() + "," + net.layers();
    }

    /** A batch of this size with class targets at every step; always the same. */
    Batch batch() {
        Random random = new Random(1);
        float[] x = new float[steps * rows * net.inputSize()];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat() * 2 - 1;
        }
        int[] targets = random.ints((long) steps * rows, 0, net.outputSize()).toArray();
        return Batch.dense(steps, rows, net.inputSize(), x).withTargets(targets);
    }
}
