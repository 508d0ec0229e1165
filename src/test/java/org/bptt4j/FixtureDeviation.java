package org.bptt4j;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Precision;
import org.bptt4j.io.Tensor;
import org.bptt4j.spec.Cell;

/**
 * How far a fixture's loss, states and gradients are from what PyTorch computed.
 *
 * @param error the largest of an element, as a share of its tensor's root mean square
 * @param ofAllowed that of what is allowed; above 1, or not a number, it is wrong
 * @param where the fixture and the tensor
 */
public record FixtureDeviation(double error, double ofAllowed, String where) {
    /** Of the root mean square, with products of float32 operands: {@link Fixture#assertClose}. */
    private static final double FLOAT32 = 1e-4;

    private static final double TF32 = 0x1p-10;
    private static final double BF16 = 0x1p-8;

    /** Nothing was compared. */
    public static final FixtureDeviation NONE = new FixtureDeviation(0, 0, "");

    /** The fixtures of single gradients whose network is of this cell, those with the fewest steps first. */
    public static List<String> names(Cell cell) throws IOException {
        Map<String, Integer> steps = new LinkedHashMap<>();
        for (String name : Fixture.names(false)) {
            Fixture f = Fixture.load(name);
            if (f.model().spec().cell().equals(cell)) {
                steps.put(name, f.batch().steps());
            }
        }
        return steps.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Runs a fixture; the worst of all its tensors. */
    public static FixtureDeviation of(String name, Backend backend, Precision precision) throws IOException {
        Fixture f = Fixture.load(name);
        try (Rnn rnn = f.model().toRnn(backend);
                Trainer trainer = Trainer.of(rnn)
                        .loss(f.loss())
                        .truncation(f.truncation())
                        .clipping(f.clipping())
                        .build()) {
            Map<String, float[]> actual = results(trainer.gradients(f.batch()), rnn);
            FixtureDeviation worst = NONE;
            for (Map.Entry<String, Tensor> expected : f.expected().tensors().entrySet()) {
                String tensor = expected.getKey();
                double allowed = allowed(name, precision, tensor.startsWith("grad"));
                worst = worst.orWorse(
                        of(name + ", " + tensor, expected.getValue().toDoubles(), actual.get(tensor), allowed));
            }
            return worst;
        }
    }

    private static Map<String, float[]> results(Gradients g, Rnn rnn) {
        Map<String, float[]> results = new LinkedHashMap<>();
        results.put("loss", new float[] {(float) g.loss()});
        results.put("output", g.outputs());
        results.put("h_n", g.finalState());
        results.put("c_n", g.finalCellState());
        results.put("grad_norm", new float[] {(float) g.gradientNorm()});
        for (String parameter : rnn.parameterNames()) {
            results.put("grad." + parameter, rnn.gradient(parameter));
        }
        results.put("grad.x", g.x());
        results.put("grad.h0", g.initialState());
        results.put("grad.c0", g.initialCellState());
        return results;
    }

    /**
     * What is allowed of a tensor's root mean square: so many times an operand's error. Over 2,000 steps of ReLU it grows as float32's does, and
     * three layers of ReLU take an error at a kink for a gradient.
     */
    static double allowed(String name, Precision precision, boolean gradient) {
        if (precision == Precision.FLOAT32) {
            return FLOAT32;
        }
        double products = (name.contains("t2000") ? 256 : name.contains("-l3-") ? 64 : 16) * TF32;
        return products + (gradient && precision == Precision.BF16 ? 8 * BF16 : 0);
    }

    /** Of one tensor. */
    static FixtureDeviation of(String where, double[] truth, float[] actual, double allowed) {
        if (actual == null || actual.length != truth.length) {
            return new FixtureDeviation(Double.NaN, Double.NaN, where + " is missing or of another length");
        }
        double squares = 0;
        double largest = 0;
        for (int i = 0; i < truth.length; i++) {
            squares += truth[i] * truth[i];
            largest = Math.max(largest, Math.abs(truth[i] - actual[i])); // NaN stays
        }
        double rms = Math.sqrt(squares / truth.length);
        double bound = Math.max(1e-12, allowed * rms);
        return new FixtureDeviation(rms > 0 ? largest / rms : largest, largest / bound, where);
    }

    /** The one that is nearer to what is not allowed, or beyond it. */
    public FixtureDeviation orWorse(FixtureDeviation other) {
        return Double.isNaN(ofAllowed) || ofAllowed >= other.ofAllowed ? this : other;
    }

    /** Whether it is within what is allowed. */
    public boolean isAllowed() {
        return ofAllowed <= 1;
    }
}
