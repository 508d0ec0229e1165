package org.bptt4j.spec;

/**
 * The network: L recurrent layers and a linear head, {@code y_t = W_hy·h_t + b_y}.
 *
 * <p>A bidirectional layer has D = 2 directions with parameters of their own, the second of which goes through the steps from each row's last to its
 * first; what the layer gives is {@code [h_forward, h_reverse]}, of D·H numbers.
 *
 * <p>Sizes whose products would pass an int (gates times H, D times H, L times D) are an {@link IllegalArgumentException}.
 *
 * @param cell the recurrent cell of every layer
 * @param inputSize I, or the number of symbols when the input is symbol ids
 * @param hiddenSize H
 * @param layers L
 * @param outputSize O, or 0 for no head (a layer in somebody else's network)
 * @param bidirectional whether D is 2
 * @param dropout p in [0, 1): in training each number that one layer hands to the next is zero with this probability, and 1/(1−p) times itself otherwise
 */
public record RnnSpec(
        Cell cell, int inputSize, int hiddenSize, int layers, int outputSize, boolean bidirectional, double dropout) {
    public RnnSpec {
        Require.given(cell, "cell");
        atLeast(1, inputSize, "input size");
        atLeast(1, hiddenSize, "hidden size");
        atLeast(1, layers, "layers");
        atLeast(0, outputSize, "output size");
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("dropout " + dropout + ": must be in [0, 1)");
        }
        int directions = bidirectional ? 2 : 1;
        requireInt(cell.kept() + " numbers for each hidden unit of a cell '" + cell + "'", cell.kept(), hiddenSize);
        requireInt("hidden size, in each direction", directions, hiddenSize);
        requireInt("states: layers, directions and arrays in each", layers, directions, cell.states());
    }

    /** These are counted with ints wherever a matrix has so many columns, or an array so many elements. */
    private static void requireInt(String what, long... sizes) {
        if (Sizes.product(sizes) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    what + ": " + Sizes.text(sizes) + ", must be at most " + Integer.MAX_VALUE);
        }
    }

    private static void atLeast(int least, int value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(name + " " + value + ": must be at least " + least);
        }
    }

    /** In one direction, without dropout. */
    public RnnSpec(Cell cell, int inputSize, int hiddenSize, int layers, int outputSize) {
        this(cell, inputSize, hiddenSize, layers, outputSize, false, 0);
    }

    /** One tanh layer with a head; change what differs with the {@code with…} methods. */
    public static RnnSpec of(int inputSize, int hiddenSize, int outputSize) {
        return new RnnSpec(Cell.TANH, inputSize, hiddenSize, 1, outputSize);
    }

    /** The same network of another cell. */
    public RnnSpec withCell(Cell other) {
        return new RnnSpec(other, inputSize, hiddenSize, layers, outputSize, bidirectional, dropout);
    }

    /** The same network with {@code count} layers. */
    public RnnSpec withLayers(int count) {
        return new RnnSpec(cell, inputSize, hiddenSize, count, outputSize, bidirectional, dropout);
    }

    /** The same network without a head. */
    public RnnSpec withoutHead() {
        return new RnnSpec(cell, inputSize, hiddenSize, layers, 0, bidirectional, dropout);
    }

    /** The same network with layers of two directions. */
    public RnnSpec inBothDirections() {
        return new RnnSpec(cell, inputSize, hiddenSize, layers, outputSize, true, dropout);
    }

    /** The same network with dropout between its layers. */
    public RnnSpec withDropout(double p) {
        return new RnnSpec(cell, inputSize, hiddenSize, layers, outputSize, bidirectional, p);
    }

    /** Whether there is a head. */
    public boolean hasHead() {
        return outputSize > 0;
    }

    /** G·H, the rows of a layer's weights. */
    public int gateRows() {
        return cell.gates() * hiddenSize;
    }

    /** D, 1 or 2. */
    public int directions() {
        return bidirectional ? 2 : 1;
    }

    /** L·D: layer l has number l·D, and in reverse l·D + 1, wherever layers and directions are counted together. */
    public int sweeps() {
        return layers * directions();
    }

    /** Arrays [B, H] of a state: h of each sweep, then c of each if the cell has one. */
    public int stateCount() {
        return sweeps() * cell.states();
    }

    /** D·H, the width of what a layer gives. */
    public int layerOutputSize() {
        return directions() * hiddenSize;
    }

    /** The width of what layer {@code layer} reads. */
    public int layerInputSize(int layer) {
        return layer == 0 ? inputSize : layerOutputSize();
    }
}
