package org.bptt4j.bptt;

import java.util.Optional;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;

/**
 * Finds where a number stopped being finite, in the batch that is still loaded: looks through parameters, inputs, states and
 * outputs in the order in which they were computed, and if all are finite runs the backward sweeps again.
 */
public final class NonFiniteSearch {
    /**
     * The first number that is not finite.
     *
     * @param what what it is: "input x", "state h", "output y", "gradient δ", or a parameter's name
     * @param layer the layer, or −1 where there is none
     * @param step the time step from 0, or −1
     * @param row the batch row from 0, or −1
     */
    public record Culprit(String what, int layer, int step, int row) {
        @Override
        public String toString() {
            return what
                    + (layer < 0 ? "" : " of layer " + layer)
                    + (step < 0 ? "" : " at step " + step + ", batch row " + row);
        }
    }

    private final Bptt bptt;
    private final Unrolled unrolled;
    private final Network network;
    private final int rows;

    public NonFiniteSearch(Bptt bptt) {
        this.bptt = bptt;
        this.unrolled = bptt.unrolled();
        this.network = bptt.network();
        this.rows = unrolled.batch().rows();
    }

    /** The first parameter of {@code buffer} (parameters or gradients) with an element that is not finite. */
    public Optional<Parameter> firstParameter(DeviceArray buffer) {
        for (Parameter p : network.layout().parameters()) {
            float[] values = new float[p.length()];
            network.backend().download(buffer, p.offset(), values, 0, values.length);
            if (firstNonFinite(values) >= 0) {
                return Optional.of(p);
            }
        }
        return Optional.empty();
    }

    /** Where it began, after a step whose gradients were not finite. Leaves those gradients in the gradient buffer. */
    public Optional<Culprit> find(DeviceArray report) {
        Optional<Parameter> parameter = firstParameter(network.parameterArray());
        if (parameter.isPresent()) {
            return Optional.of(new Culprit("parameter " + parameter.get().name(), -1, -1, -1));
        }
        Optional<Culprit> found = inInput().or(this::inStates).or(this::inOutputs);
        Optional<Culprit> behind = inGradients(report);
        return found.or(() -> behind);
    }

    private Optional<Culprit> inInput() {
        float[] x = unrolled.batch().x();
        if (x != null) {
            int size = network.spec().inputSize();
            for (int i = 0; i < x.length; i++) {
                int cell = i / size;
                if (!Float.isFinite(x[i]) && cell / rows < unrolled.batch().length(cell % rows)) {
                    return Optional.of(new Culprit("input x", -1, cell / rows, cell % rows));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Culprit> inStates() {
        for (int t = 0; t <= unrolled.batch().steps(); t++) {
            for (int l = 0; l < network.spec().layers(); l++) {
                int row = firstRow(unrolled.stack().states(l).rows((long) t * rows, rows));
                if (row >= 0) {
                    return Optional.of(
                            new Culprit(t == 0 ? "initial state h0" : "state h", l, Math.max(0, t - 1), row));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Culprit> inOutputs() {
        for (int s = 0; s < bptt.segments(); s++) {
            int row = firstRow(bptt.outputs(s));
            if (row >= 0) {
                return Optional.of(new Culprit("output y", -1, bptt.segment(s).start() + row / rows, row % rows));
            }
        }
        return Optional.empty();
    }

    private Optional<Culprit> inGradients(DeviceArray report) {
        for (int s = 0; s < bptt.segments(); s++) {
            Culprit[] first = new Culprit[1];
            network.zeroGradients();
            bptt.backward(s, bptt.scale(bptt.valid(s)), report, (layer, delta, firstStep) -> {
                int row = lastRow(delta);
                if (first[0] == null && row >= 0) {
                    first[0] = new Culprit("gradient δ", layer, firstStep + row / rows, row % rows);
                }
            });
            if (first[0] != null || firstParameter(network.gradientArray()).isPresent()) {
                return Optional.ofNullable(first[0]);
            }
        }
        return Optional.empty();
    }

    private int firstRow(Matrix m) {
        int index = firstNonFinite(unrolled.download(m));
        return index < 0 ? -1 : index / m.cols();
    }

    /** The backward sweep goes back in time: the last step that is not finite was computed first. */
    private int lastRow(Matrix m) {
        float[] values = unrolled.download(m);
        for (int i = values.length - 1; i >= 0; i--) {
            if (!Float.isFinite(values[i])) {
                return i / m.cols();
            }
        }
        return -1;
    }

    private static int firstNonFinite(float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                return i;
            }
        }
        return -1;
    }
}
