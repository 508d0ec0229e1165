package org.bptt4j.bptt;

import java.util.Optional;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;

/**
 * Finds where a number stopped being finite, in the batch that is still loaded: looks through parameters and inputs, then sweeps the
 * segment that went wrong again, forward and back, and looks at states, outputs and δ in the order in which they are computed.
 */
public final class NonFiniteSearch {
    /**
     * The first number that is not finite.
     *
     * @param what what it is: "input x", "state h", "cell state c", "output y", "gradient δ", with "reverse" before it in that direction, or a
     *     parameter's name
     * @param layer the layer, or −1 where there is none
     * @param step the time step from 0, or −1
     * @param row the batch row from 0, or −1
     * @param feature which of the input's I numbers from 0, or −1
     */
    public record Culprit(String what, int layer, int step, int row, int feature) {
        /** One that is no element of the input. */
        public Culprit(String what, int layer, int step, int row) {
            this(what, layer, step, row, -1);
        }

        /** Whether the caller gave it with the batch, so that nothing went wrong in the computation. */
        public boolean isGiven() {
            return what.equals("input x") || what.contains("initial ");
        }

        @Override
        public String toString() {
            return what
                    + (layer < 0 ? "" : " of layer " + layer)
                    + (step < 0 ? "" : " at step " + step + ", batch row " + row)
                    + (feature < 0 ? "" : ", feature " + feature);
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

    /**
     * Where it began, after a step whose gradients were not finite. Leaves those gradients in the gradient buffer.
     *
     * @param s the first segment whose update was left out: the parameters are still those of its sweeps
     */
    public Optional<Culprit> find(int s, DeviceArray report) {
        Optional<Culprit> parameter = inParameters();
        if (parameter.isPresent()) {
            return parameter;
        }
        Optional<Culprit> input = inInput();
        Culprit[] first = sweepForward(s);
        Culprit[] last = new Culprit[1];
        network.zeroGradients();
        bptt.backward(s, bptt.scale(s), report, (k, stretch, delta) -> {
            int row = lastRow(delta);
            if (last[0] == null && row >= 0) {
                last[0] = at("gradient δ", k, unrolled.absolute(stretch.sweptFrom()), row);
            }
        });
        return input.or(() -> Optional.ofNullable(first[0])).or(() -> Optional.ofNullable(last[0]));
    }

    /** Where it began, as far as a forward sweep of segment {@code s} tells: in parameters, input, states or outputs. */
    public Optional<Culprit> findForward(int s) {
        return inParameters().or(this::inInput).or(() -> Optional.ofNullable(sweepForward(s)[0]));
    }

    private Optional<Culprit> inParameters() {
        return firstParameter(network.parameterArray())
                .map(parameter -> new Culprit("parameter " + parameter.name(), -1, -1, -1));
    }

    /** The first in the states and outputs of segment {@code s}, or null, in an array of one. */
    private Culprit[] sweepForward(int s) {
        unrolled.takeApart();
        Culprit[] first = new Culprit[1];
        unrolled.forward(s, stretch -> first[0] = first[0] == null ? inForward(stretch) : first[0]);
        return first;
    }

    /** Row {@code row} from step {@code firstStep} on, in the order in which sweep {@code k} goes through them. */
    private Culprit at(String what, int k, int firstStep, int row) {
        int cell = firstStep * rows + row;
        if (isReverse(k)) {
            cell = Reversal.reversed(unrolled.batch(), cell);
        }
        return new Culprit(inDirection(what, k), layer(k), cell / rows, cell % rows);
    }

    private boolean isReverse(int k) {
        return k % network.spec().directions() == 1;
    }

    private int layer(int k) {
        return k / network.spec().directions();
    }

    private String inDirection(String what, int k) {
        return isReverse(k) ? "reverse " + what : what;
    }

    /** Targets and loss weights are looked at when a batch is taken. */
    private Optional<Culprit> inInput() {
        float[] x = unrolled.batch().x();
        int size = network.spec().inputSize();
        for (int i = 0; x != null && i < x.length; i++) {
            int cell = i / size;
            if (!Float.isFinite(x[i]) && !unrolled.batch().isPadding(cell)) {
                return Optional.of(new Culprit("input x", -1, cell / rows, cell % rows, i % size));
            }
        }
        return Optional.empty();
    }

    /** In the order in which they were computed: a step's states, layer by layer, then the outputs; or null. */
    private Culprit inForward(Stretch stretch) {
        int from = unrolled.absolute(stretch.ownFrom());
        Culprit first = from == 0 ? inInitialState() : null;
        if (first != null) {
            return first;
        }
        int sweeps = network.spec().sweeps();
        int firstStep = 0; // in the order of its sweep
        for (int k = 0; k < sweeps; k++) {
            for (int n = network.spec().stateCount() - sweeps + k; n >= 0; n -= sweeps) { // c comes before h
                int row = firstRow(unrolled.stack().states(stretch, n));
                if (row >= 0 && (first == null || from + row / rows < firstStep)) {
                    firstStep = from + row / rows;
                    first = at(n < sweeps ? "state h" : "cell state c", k, from, row);
                }
            }
            if (first != null && network.spec().bidirectional()) {
                return first; // all steps of this layer were computed before those of the next
            }
        }
        if (first != null) {
            return first;
        }
        Culprit[] output = new Culprit[1];
        bptt.outputs(stretch, (y, begin) -> {
            int row = output[0] == null ? firstRow(y) : -1;
            if (row >= 0) {
                int cell = from * rows + begin + row;
                output[0] = new Culprit("output y", -1, cell / rows, cell % rows);
            }
        });
        return output[0];
    }

    /** Of the initial state: nobody reads a row of it that begins anew with the first step. */
    private int firstRowThatIsRead(Matrix m, boolean[] resets) {
        float[] values = unrolled.host().download(m);
        for (int i = 0; i < values.length; i++) {
            int row = i / m.cols();
            if (!Float.isFinite(values[i]) && (resets == null || !resets[row])) {
                return row;
            }
        }
        return -1;
    }

    private Culprit inInitialState() {
        int sweeps = network.spec().sweeps();
        Matrix[] before = unrolled.stack().before();
        for (int n = 0; n < before.length; n++) {
            int row = firstRowThatIsRead(
                    before[n],
                    n % sweeps % network.spec().directions() == 0
                            ? unrolled.batch().resets()
                            : null);
            if (row >= 0) {
                String what = n < sweeps ? "initial state h0" : "initial cell state c0";
                return new Culprit(inDirection(what, n % sweeps), layer(n % sweeps), 0, row);
            }
        }
        return null;
    }

    private int firstRow(Matrix m) {
        int index = firstNonFinite(unrolled.host().download(m));
        return index < 0 ? -1 : index / m.cols();
    }

    /** The backward sweep goes back in time: the last step that is not finite was computed first. */
    private int lastRow(Matrix m) {
        float[] values = unrolled.host().download(m);
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
