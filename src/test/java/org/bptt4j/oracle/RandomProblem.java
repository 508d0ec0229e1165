package org.bptt4j.oracle;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;

/** A random network and batch with NaN in padding and in initial states that are reset, and the ignore index in ignored targets. */
public record RandomProblem(
        RnnSpec spec, Map<String, RealMatrix> parameters, Batch batch, Loss loss, Truncation truncation) {
    /** What may be drawn beside the sizes. */
    public record Shape(RnnSpec spec, int steps, int rows, boolean ids, boolean lengths, boolean h0, boolean resets) {}

    public static RandomProblem draw(Shape shape, Loss loss, Truncation truncation, Random random) {
        RnnSpec spec = shape.spec();
        Map<String, RealMatrix> parameters = new LinkedHashMap<>();
        double bound = 1.5 / Math.sqrt(spec.hiddenSize());
        for (int s = 0; s < spec.sweeps(); s++) {
            int l = s / spec.directions();
            String suffix = "_l" + l + (s % spec.directions() == 0 ? "" : "_reverse");
            parameters.put("rnn.weight_ih" + suffix, matrix(spec.gateRows(), spec.layerInputSize(l), bound, random));
            parameters.put("rnn.weight_hh" + suffix, matrix(spec.gateRows(), spec.hiddenSize(), bound, random));
            parameters.put("rnn.bias_ih" + suffix, matrix(1, spec.gateRows(), bound, random));
            parameters.put("rnn.bias_hh" + suffix, matrix(1, spec.gateRows(), bound, random));
        }
        if (spec.hasHead()) {
            parameters.put("head.weight", matrix(spec.outputSize(), spec.layerOutputSize(), bound, random));
            parameters.put("head.bias", matrix(1, spec.outputSize(), bound, random));
        }
        return new RandomProblem(spec, parameters, batch(shape, loss, random), loss, truncation);
    }

    private static Batch batch(Shape shape, Loss loss, Random random) {
        RnnSpec spec = shape.spec();
        int cells = shape.steps() * shape.rows();
        int[] lengths = new int[shape.rows()];
        for (int b = 0; b < lengths.length; b++) {
            lengths[b] = shape.lengths() ? 1 + random.nextInt(shape.steps()) : shape.steps();
        }
        int[] ids = random.ints(cells, 0, spec.inputSize()).toArray();
        float[] x = floats(cells * spec.inputSize(), random);
        for (int i = 0; i < cells; i++) {
            if (i / shape.rows() >= lengths[i % shape.rows()]) {
                ids[i] = -7;
                Arrays.fill(x, i * spec.inputSize(), (i + 1) * spec.inputSize(), Float.NaN);
            }
        }
        Batch batch = shape.ids()
                ? Batch.symbols(shape.steps(), shape.rows(), ids)
                : Batch.dense(shape.steps(), shape.rows(), spec.inputSize(), x);
        if (shape.lengths()) {
            batch = batch.withLengths(lengths);
        }
        if (shape.h0()) {
            int count = spec.sweeps() * shape.rows() * spec.hiddenSize();
            float[] h0 = floats(count, random);
            batch = batch.withInitialState(h0, spec.cell().hasCellState() ? floats(count, random) : null);
        }
        if (shape.resets()) {
            batch = withResets(batch, spec);
        }
        int targets = loss.at() == Loss.At.EVERY ? cells : shape.rows();
        return spec.hasHead() ? withTargets(batch, spec, loss, targets, random) : batch;
    }

    /** By chance of its own: a problem is the same but for the resets. */
    private static Batch withResets(Batch batch, RnnSpec spec) {
        Random random = new Random(spec.hiddenSize());
        boolean[] mask = new boolean[batch.steps() * batch.rows()];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = random.nextInt(3) == 0;
        }
        spoilReset(batch.initialState(), mask, batch.rows(), spec);
        spoilReset(batch.initialCellState(), mask, batch.rows(), spec);
        return batch.withResets(mask);
    }

    /** A row that begins anew with step 0 has no state before it; sweeps in reverse begin at the other end. */
    private static void spoilReset(float[] state, boolean[] mask, int rows, RnnSpec spec) {
        for (int i = 0; state != null && i < state.length; i++) {
            int sweep = i / spec.hiddenSize() / rows;
            if (sweep % spec.directions() == 0 && mask[i / spec.hiddenSize() % rows]) {
                state[i] = Float.NaN;
            }
        }
    }

    private static Batch withTargets(Batch batch, RnnSpec spec, Loss loss, int count, Random random) {
        if (loss.takesClasses()) {
            int[] classes = new int[count];
            for (int i = 0; i < count; i++) {
                boolean padding = loss.at() == Loss.At.EVERY && i / batch.rows() >= batch.length(i % batch.rows());
                classes[i] = random.nextInt(5) == 0 ? loss.ignoreIndex() : random.nextInt(spec.outputSize());
                classes[i] = padding ? 1_000_000 : classes[i];
            }
            return batch.withTargets(classes);
        }
        float[] values = floats(count * spec.outputSize(), random);
        for (int i = 0; i < values.length && loss.kind() == Loss.Kind.BCE; i++) {
            values[i] = Math.abs(values[i]);
        }
        for (int i = 0; i < count; i++) {
            if (loss.at() == Loss.At.EVERY && i / batch.rows() >= batch.length(i % batch.rows())) {
                Arrays.fill(values, i * spec.outputSize(), (i + 1) * spec.outputSize(), Float.NaN);
            }
        }
        return batch.withTargets(values);
    }

    /** The same with loss weights, a third of them 0: what they weigh, and weights in padding, are then nothing that may be read. */
    public RandomProblem withLossWeights(Random random) {
        boolean every = loss.at() == Loss.At.EVERY;
        float[] weights = new float[every ? batch.steps() * batch.rows() : batch.rows()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = random.nextInt(3) == 0 ? 0 : 3 * random.nextFloat();
            if (weights[i] == 0 && loss.takesClasses()) {
                batch.classes()[i] = 1_000_000;
            } else if (weights[i] == 0) {
                Arrays.fill(batch.values(), i * spec.outputSize(), (i + 1) * spec.outputSize(), Float.NaN);
            }
            weights[i] = every && batch.isPadding(i) ? Float.NaN : weights[i];
        }
        return new RandomProblem(spec, parameters, batch.withLossWeights(weights), loss, truncation);
    }

    /** Floats in (−1, 1). */
    public static float[] floats(int count, Random random) {
        float[] v = new float[count];
        for (int i = 0; i < count; i++) {
            v[i] = 2 * random.nextFloat() - 1;
        }
        return v;
    }

    /** Entries are floats, so that both sides compute from the same numbers. */
    private static RealMatrix matrix(int rows, int cols, double bound, Random random) {
        RealMatrix m = new Array2DRowRealMatrix(rows, cols);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                m.setEntry(i, j, (float) (bound * (2 * random.nextDouble() - 1)));
            }
        }
        return m;
    }

    /** The truth. */
    public OracleResult solve() {
        return new Oracle(spec, parameters).run(batch, loss, truncation);
    }
}
