package org.bptt4j.spec;

import java.util.Objects;

/**
 * The network: L recurrent layers and a linear head, {@code y_t = W_hy·h_t + b_y}.
 *
 * @param cell the recurrent cell of every layer
 * @param inputSize I, or the number of symbols when the input is symbol ids
 * @param hiddenSize H
 * @param layers L
 * @param outputSize O, or 0 for no head (a layer in somebody else's network)
 */
public record RnnSpec(Cell cell, int inputSize, int hiddenSize, int layers, int outputSize) {
    public RnnSpec {
        Objects.requireNonNull(cell, "cell");
        atLeast(1, inputSize, "input size");
        atLeast(1, hiddenSize, "hidden size");
        atLeast(1, layers, "layers");
        atLeast(0, outputSize, "output size");
    }

    private static void atLeast(int least, int value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(name + " " + value + ": must be at least " + least);
        }
    }

    /** One tanh layer with a head; change what differs with the {@code with…} methods. */
    public static RnnSpec of(int inputSize, int hiddenSize, int outputSize) {
        return new RnnSpec(Cell.TANH, inputSize, hiddenSize, 1, outputSize);
    }

    /** The same network of another cell. */
    public RnnSpec withCell(Cell other) {
        return new RnnSpec(other, inputSize, hiddenSize, layers, outputSize);
    }

    /** The same network with {@code count} layers. */
    public RnnSpec withLayers(int count) {
        return new RnnSpec(cell, inputSize, hiddenSize, count, outputSize);
    }

    /** The same network without a head. */
    public RnnSpec withoutHead() {
        return new RnnSpec(cell, inputSize, hiddenSize, layers, 0);
    }

    /** Whether there is a head. */
    public boolean hasHead() {
        return outputSize > 0;
    }

    /** G·H, the rows of a layer's weights. */
    public int gateRows() {
        return Math.multiplyExact(cell.gates(), hiddenSize);
    }

    /** The width of what layer {@code layer} reads. */
    public int layerInputSize(int layer) {
        return layer == 0 ? inputSize : hiddenSize;
    }
}
