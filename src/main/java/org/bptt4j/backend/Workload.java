package org.bptt4j.backend;

import java.util.Locale;
import org.bptt4j.spec.Require;
import org.bptt4j.spec.RnnSpec;

/**
 * What a backend will be used for, as far as its time depends on it: given with {@link BackendOptions#withWorkload}, {@code auto} takes the backend
 * that is estimated to be the fastest, and not simply the first that can run.
 *
 * @param net the network
 * @param rows B, sequences of a batch
 * @param steps T of a batch; with truncation those of a segment
 * @param symbols whether the input is symbol ids, and not I numbers a step
 * @param training whether there is a backward pass and an update
 */
public record Workload(RnnSpec net, int rows, int steps, boolean symbols, boolean training) {
    public Workload {
        Require.given(net, "net");
        if (rows < 1) {
            throw new IllegalArgumentException("rows " + rows + ": must be at least 1");
        }
        if (steps < 1) {
            throw new IllegalArgumentException("steps " + steps + ": must be at least 1");
        }
    }

    /** Training with batches of B rows and T steps of dense input. */
    public static Workload training(RnnSpec net, int rows, int steps) {
        return new Workload(net, rows, steps, false, true);
    }

    /** Forward passes over batches of B rows and T steps of dense input. */
    public static Workload evaluation(RnnSpec net, int rows, int steps) {
        return new Workload(net, rows, steps, false, false);
    }

    /** Steps of B rows whose outputs are read one by one, as of a session that is fed step by step. */
    public static Workload stepByStep(RnnSpec net, int rows) {
        return evaluation(net, rows, 1);
    }

    /** The same with symbol ids as input. */
    public Workload withSymbols() {
        return new Workload(net, rows, steps, true, training);
    }

    /** T·B. */
    private double cells() {
        return (double) rows * steps;
    }

    /** Products in which a weight of the recurrence or the head takes part: forward, and for its gradient and that of what it read. */
    private int products() {
        return training ? 3 : 1;
    }

    /** Passes over the steps: forward, and backward in training. */
    public int passes() {
        return training ? 2 : 1;
    }

    /** Floating point operations of {@code P += h·W_hhᵀ} in one step of one sweep. */
    public double flopPerSweepStep() {
        return 2.0 * rows * net.gateRows() * net.hiddenSize();
    }

    /** How often such a step is done: every layer, direction and pass. */
    public double sweepSteps() {
        return (double) net.sweeps() * passes() * steps;
    }

    /** Floating point operations of all products of a batch, those of the sweeps too. */
    public double flop() {
        double gates = (double) net.directions() * net.gateRows();
        double weights = net.directions() * (double) net.layers() * net.gateRows() * net.hiddenSize(); // W_hh
        weights += (double) net.layerOutputSize() * net.outputSize();
        weights += (net.layers() - 1) * gates * net.layerOutputSize();
        double lowest = symbols ? 0 : gates * net.inputSize(); // nobody needs the gradient of x
        return 2 * cells() * (products() * weights + passes() * lowest);
    }

    /** Bytes of W_hh of one direction of one layer. */
    public double recurrentBytes() {
        return (double) Float.BYTES * net.gateRows() * net.hiddenSize();
    }

    /** Bytes of input and targets. */
    public double batchBytes() {
        return Float.BYTES * cells() * ((symbols ? 1 : net.inputSize()) + 1);
    }

    /** Bytes that an update reads and writes: weights, gradients and two averages of an optimiser; 0 without training. */
    public double updateBytes() {
        double parameters = (double) net.layerOutputSize() * net.outputSize();
        for (int layer = 0; layer < net.layers(); layer++) {
            parameters += (double) net.directions() * net.gateRows() * (net.layerInputSize(layer) + net.hiddenSize());
        }
        return training ? 7.0 * Float.BYTES * parameters : 0;
    }

    /** Such as "a training step (16 rows of 120 steps, tanh of 64 units)". */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "a %s (%d %s of %d %s, %s of %d units%s%s)",
                training ? "training step" : "forward pass",
                rows,
                rows == 1 ? "row" : "rows",
                steps,
                steps == 1 ? "step" : "steps",
                net.cell(),
                net.hiddenSize(),
                net.layers() == 1 ? "" : " in " + net.layers() + " layers",
                net.bidirectional() ? ", both directions" : "");
    }
}
