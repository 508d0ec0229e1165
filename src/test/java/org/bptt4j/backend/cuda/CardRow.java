package org.bptt4j.backend.cuda;

import java.util.List;
import org.bptt4j.spec.Cell;

/**
 * A layer, its batch, and the outputs of the head above it in a training step: a row of the grid that is measured on a card.
 *
 * @param published times of others, forward and backward in ms, or ""
 */
public record CardRow(Cell cell, int batch, int steps, int input, int hidden, int output, String published) {
    /** Those of {@code bench --grid full} and those that others have published, by worth: what a choice of the form hangs on comes first. */
    public static final List<CardRow> ALL = List.of(
            of("tanh", 32, 100, 64, 128, 64),
            of("lstm", 32, 100, 64, 128, 64),
            of("tanh", 16, 1024, 64, 256, 64),
            of("lstm", 16, 1024, 64, 256, 64),
            of("tanh", 64, 128, 256, 512, 256),
            of("lstm", 64, 128, 256, 512, 256),
            of("relu", 16, 50, 1760, 1760, 64, "DeepBench, cuDNN, V100, fp32: 4.20 + 2.88, weights 0.59"),
            of("lstm", 16, 150, 256, 256, 64, "DeepBench, cuDNN, V100, fp32: 4.54 + 5.07, weights 0.22"),
            of(
                    "lstm",
                    16,
                    1024,
                    768,
                    768,
                    64,
                    "H100: cuDNN fp16 2.0, in all 5.2; FlashRNN bf16 4.9, 13.6; haste fp32 18.4, 43.9"),
            of("gru", 32, 100, 64, 128, 64),
            of("tanh", 1, 1000, 64, 256, 64),
            of("tanh", 64, 50, 1024, 1024, 1024),
            of("gru", 16, 1024, 64, 256, 64),
            of("tanh", 128, 100, 32, 64, 32),
            of("tanh", 32, 30, 512, 512, 512),
            of("lstm", 64, 50, 1024, 1024, 1024),
            of("gru", 64, 128, 256, 512, 256),
            of("lstm", 1, 1000, 64, 256, 64),
            of("relu", 34, 1406, 120, 120, 64, "cuDNN, card not named: 1.0 + 2.9"),
            of("tanh", 16, 50, 1760, 1760, 64),
            of("gru", 1, 1000, 64, 256, 64),
            of("gru", 64, 50, 1024, 1024, 1024),
            of("relu", 128, 50, 2560, 2560, 64, "DeepBench, cuDNN, V100, no weight gradients: 20.9"),
            of("gru", 32, 1500, 2816, 2816, 64, "DeepBench, cuDNN, V100, fp32: 707 in all"));

    /** For a software device, which interprets every instruction: one of each cell. */
    static final List<CardRow> TINY = List.of(
            of("tanh", 4, 6, 5, 9, 3), of("lstm", 2, 5, 3, 8, 2), of("gru", 3, 4, 2, 5, 2), of("relu", 2, 5, 8, 33, 4));

    private static CardRow of(String cell, int batch, int steps, int input, int hidden, int output) {
        return of(cell, batch, steps, input, hidden, output, "");
    }

    private static CardRow of(String cell, int batch, int steps, int input, int hidden, int output, String published) {
        return new CardRow(Cell.of(cell), batch, steps, input, hidden, output, published);
    }

    /** CELL B,T,I,H: what tells the layer from others, whatever is above it. */
    public String shape() {
        return cell.name() + " " + batch + "," + steps + "," + input + "," + hidden;
    }

    /** G·H. */
    int wide() {
        return cell.gates() * hidden;
    }

    /** T·B. */
    long cells() {
        return (long) steps * batch;
    }

    /** Additions and multiplications of a sweep's products, forward or backward: 2·T·B·G·H². */
    public double sweepFlop() {
        return 2.0 * cells() * wide() * hidden;
    }

    /**
     * Bytes that a sweep must read and write at least: W_hh once, and of each step, forward A, h and what is kept; backward what was kept, h,
     * ∂L/∂h and δ.
     */
    public double sweepBytes() {
        double kept = cell.isPlain() ? 0 : cell.kept();
        double cellState = cell.hasCellState() ? 1 : 0;
        double columns = cell.gates() + 1 + kept + cellState;
        return Float.BYTES * ((double) wide() * hidden + cells() * columns * hidden);
    }

    /** Floats of the layer with its batch, states and gradients. */
    long floats() {
        long states = 3 + cell.kept() + (cell.hasCellState() ? 1 : 0) + 2L * cell.gates();
        return (cells() + batch) * (states * hidden + 2L * input) + 4L * wide() * (hidden + input + 2L);
    }
}
