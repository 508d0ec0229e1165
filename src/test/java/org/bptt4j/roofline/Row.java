package org.bptt4j.roofline;

import java.util.List;

/**
 * A network and its batch.
 *
 * @param output O, or 0 for the recurrent layers alone, with the gradient of x
 * @param weightGradients whether they are computed
 * @param cpu ms of a training step on two cores, from docs/benchmarks.md, or NaN
 * @param published what others have published for about this
 */
public record Row(
        int batch,
        int steps,
        int input,
        int hidden,
        int output,
        int layers,
        boolean weightGradients,
        double cpu,
        String published) {
    /** The grid of docs/benchmarks.md. */
    public static final List<Row> GRID = List.of(
            step(32, 100, 64, 128, 64, 1.74),
            step(1, 1000, 64, 256, 64, 2.70),
            step(16, 1024, 64, 256, 64, 27.2),
            step(64, 128, 256, 512, 256, 64.6),
            step(64, 50, 1024, 1024, 1024, 140),
            step(32, 30, 512, 512, 512, 10.1),
            step(16, 50, 1760, 1760, 64, 67.9),
            step(128, 100, 32, 64, 32, 2.25));

    /**
     * Recurrent layers alone, in sizes that others have published. DeepBench's program times no weight gradients
     * (cudnnRNNBackwardData is all of its backward pass).
     */
    static final List<Row> PUBLISHED = List.of(
            layers(16, 50, 1760, 1760, 1, false, "DeepBench ReLU, cuDNN, V100, no weight gradients: 7.7"),
            layers(128, 50, 2560, 2560, 1, false, "DeepBench ReLU, cuDNN, V100, no weight gradients: 20.9"),
            layers(
                    16,
                    1024,
                    768,
                    768,
                    1,
                    true,
                    "LSTM (4 times the work), H100: cuDNN fp16 5.2, FlashRNN bf16 13.6, haste fp32 43.9"),
            layers(34, 1406, 120, 120, 1, true, "ReLU, cuDNN, card not named: 1.0 + 2.9"),
            layers(7, 4936, 216, 208, 4, true, "ReLU, cuDNN, card not named: 18 + 30"));

    private static Row step(int batch, int steps, int input, int hidden, int output, double cpu) {
        return new Row(batch, steps, input, hidden, output, 1, true, cpu, "");
    }

    private static Row layers(
            int batch, int steps, int input, int hidden, int layers, boolean weightGradients, String published) {
        return new Row(batch, steps, input, hidden, 0, layers, weightGradients, Double.NaN, published);
    }

    boolean alone() {
        return output == 0;
    }

    /** Rows of all steps together. */
    long cells() {
        return (long) batch * steps;
    }

    int inputOf(int layer) {
        return layer == 0 ? input : hidden;
    }

    /** B,T,I,H,O as in docs/benchmarks.md; layers alone have no O. */
    String title() {
        String sizes = batch + "," + steps + "," + input + "," + hidden;
        return sizes + (alone() ? "" : "," + output) + (layers > 1 ? ", " + layers + " layers" : "");
    }
}
