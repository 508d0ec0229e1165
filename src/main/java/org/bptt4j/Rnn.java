package org.bptt4j;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.bptt.Network;
import org.bptt4j.bptt.Parameter;
import org.bptt4j.bptt.RecurrentLayers;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Initialization;
import org.bptt4j.spec.Remembering;
import org.bptt4j.spec.Require;
import org.bptt4j.spec.RnnSpec;

/**
 * A recurrent network on a backend: its parameters, their gradients, and the two sweeps for a loss of the user's own.
 *
 * <p>Parameters have PyTorch's names and shapes: {@code rnn.weight_ih_l0 [G·H, I]}, {@code rnn.weight_hh_l0 [G·H, H]}, {@code
 * rnn.bias_ih_l0 [G·H]}, {@code rnn.bias_hh_l0 [G·H]}, those of the other direction with {@code _reverse} at the end, …, {@code head.weight [O, D·H]}, {@code head.bias [O]}; an unknown name
 * is an {@link IllegalArgumentException} that lists them. Not safe for several threads at once.
 *
 * <p>Infinite numbers and NaN in a batch or in gradients that are handed in go through {@link #forward} and {@link #backward} as in
 * PyTorch: whoever has a loss of his own may scale it until it overflows, or mask afterwards, and looks himself. Nothing is changed by
 * them but the gradients. A {@link Trainer} does name them, and {@link #save} refuses them.
 */
public final class Rnn implements AutoCloseable {
    private final Network network;
    private RecurrentLayers layers;
    /** What the last {@link #forward} gave; not kept for its own sake. */
    private WeakReference<Output> last = new WeakReference<>(null);

    private Rnn(Backend backend, RnnSpec spec) {
        this.network = new Network(Require.given(backend, "backend"), Require.given(spec, "spec"));
    }

    /** A new network with PyTorch's default initialisation. */
    public static Rnn create(Backend backend, RnnSpec spec, long seed) {
        return create(backend, spec, Initialization.UNIFORM, seed);
    }

    /** A new network; the same seed gives the same values on every backend. */
    public static Rnn create(Backend backend, RnnSpec spec, Initialization initialization, long seed) {
        requireDescribed(spec, initialization);
        return filled(backend, spec, new Initializer(spec, initialization, null, seed)::values);
    }

    /** A new network of LSTM cells that begin by remembering; an {@link IllegalArgumentException} if the cell has no forget gate. */
    public static Rnn create(
            Backend backend, RnnSpec spec, Initialization initialization, Remembering remembering, long seed) {
        requireDescribed(spec, initialization);
        Require.given(remembering, "remembering");
        return filled(backend, spec, new Initializer(spec, initialization, remembering, seed)::values);
    }

    private static void requireDescribed(RnnSpec spec, Initialization initialization) {
        Require.given(spec, "spec");
        Require.given(initialization, "initialization");
    }

    /** A network from a safetensors file with the metadata that {@link #save} writes. */
    public static Rnn load(Backend backend, Path file) throws IOException {
        Require.given(backend, "backend");
        return ModelFile.read(file).toRnn(backend);
    }

    /** A network of these parameters, by name; all must be there and no other. */
    static Rnn of(Backend backend, RnnSpec spec, Map<String, float[]> values) {
        return filled(backend, spec, p -> values.get(p.name()));
    }

    private static Rnn filled(Backend backend, RnnSpec spec, Function<Parameter, float[]> values) {
        Rnn rnn = new Rnn(backend, spec);
        try {
            for (Parameter p : rnn.network.layout().parameters()) {
                rnn.setParameter(p.name(), values.apply(p));
            }
            return rnn;
        } catch (RuntimeException | Error e) {
            rnn.close();
            throw e;
        }
    }

    /**
     * Writes the parameters as safetensors, beside the target first and then renamed over it. What is not finite is not saved: a {@link
     * NonFiniteException}, and the target stays as it was.
     */
    public void save(Path file) throws IOException {
        save(file, Map.of());
    }

    /** The same with more entries in the file's metadata. */
    public void save(Path file, Map<String, String> metadata) throws IOException {
        ModelFile.write(Require.given(file, "file"), this, Require.given(metadata, "metadata"));
    }

    public RnnSpec spec() {
        return network.spec();
    }

    public Backend backend() {
        return network.backend();
    }

    Network network() {
        return network;
    }

    // ---- parameters and gradients -----------------------------------------------------------------------------------

    /** Names of the parameters in the order of the flat buffer. */
    public List<String> parameterNames() {
        return network.layout().parameters().stream().map(Parameter::name).toList();
    }

    /** Shape of a parameter, [rows, cols] or [length]. */
    public long[] parameterShape(String name) {
        return network.layout().get(name).shape();
    }

    /** A copy of a parameter, row-major. */
    public float[] parameter(String name) {
        return get(network.parameterArray(), name);
    }

    /** A copy of a parameter as a matrix; a bias is one row. */
    public RealMatrix parameterMatrix(String name) {
        return matrix(name, parameter(name));
    }

    /** Sets a parameter, row-major. */
    public void setParameter(String name, float[] values) {
        set(network.parameterArray(), name, values);
    }

    /** Sets a parameter from a matrix of its shape, rounded to float; a bias is one row. */
    public void setParameter(String name, RealMatrix values) {
        Parameter p = network.layout().get(name);
        Require.given(values, "values of " + name);
        if (values.getRowDimension() != p.rows() || values.getColumnDimension() != p.cols()) {
            throw new IllegalArgumentException(name + " is [" + p.rows() + ", " + p.cols() + "], got ["
                    + values.getRowDimension() + ", " + values.getColumnDimension() + "]");
        }
        float[] flat = new float[p.length()];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) values.getEntry(i / p.cols(), i % p.cols());
        }
        setParameter(name, flat);
    }

    /** A copy of the gradient of a parameter, row-major. */
    public float[] gradient(String name) {
        return get(network.gradientArray(), name);
    }

    /** A copy of the gradient of a parameter as a matrix; that of a bias is one row. */
    public RealMatrix gradientMatrix(String name) {
        return matrix(name, gradient(name));
    }

    /** Overwrites the gradient of a parameter, for instance with the mean over several machines. */
    public void setGradient(String name, float[] values) {
        set(network.gradientArray(), name, values);
    }

    /** Sets every gradient to zero. */
    public void zeroGradients() {
        network.zeroGradients();
    }

    private float[] get(DeviceArray array, String name) {
        Parameter p = network.layout().get(name);
        float[] values = new float[p.length()];
        backend().download(array, p.offset(), values, 0, values.length);
        return values;
    }

    private void set(DeviceArray array, String name, float[] values) {
        Parameter p = network.layout().get(name);
        Require.given(values, "values of " + name);
        if (values.length != p.length()) {
            throw new IllegalArgumentException(name + " has " + p.length() + " elements, got " + values.length);
        }
        if (array == network.parameterArray()) {
            network.parametersChange();
        }
        backend().upload(values, 0, values.length, array, p.offset());
    }

    private RealMatrix matrix(String name, float[] values) {
        Parameter p = network.layout().get(name);
        RealMatrix m = new Array2DRowRealMatrix(p.rows(), p.cols());
        for (int i = 0; i < values.length; i++) {
            m.setEntry(i / p.cols(), i % p.cols(), values[i]);
        }
        return m;
    }

    // ---- the recurrent layers inside somebody else's network --------------------------------------------------------

    /**
     * What the recurrent layers give for a batch.
     *
     * @param h what the top layer gives in each step [T,B,D·H]
     * @param finalState h_n [L·D,B,H]
     * @param finalCellState c_n [L·D,B,H], or null if the cell has none
     */
    public record Output(float[] h, float[] finalState, float[] finalCellState) {
        /** How many elements the arrays have. */
        @Override
        public String toString() {
            return "h of " + h.length + ", h_n of " + finalState.length
                    + (finalCellState == null ? "" : ", c_n of " + finalCellState.length) + " elements";
        }
    }

    /**
     * Gradients with respect to what came in.
     *
     * @param x ∂L/∂x [T,B,I], or null for symbol ids
     * @param initialState ∂L/∂h0 [L·D,B,H]
     * @param initialCellState ∂L/∂c0 [L·D,B,H], or null if the cell has none
     */
    public record InputGradients(float[] x, float[] initialState, float[] initialCellState) {
        /** How many elements the arrays have. */
        @Override
        public String toString() {
            return (x == null ? "" : "∂L/∂x of " + x.length + ", ") + "∂L/∂h0 of " + initialState.length
                    + (initialCellState == null ? "" : ", ∂L/∂c0 of " + initialCellState.length) + " elements";
        }
    }

    /** Runs the recurrent layers (not the head) over a batch, without dropout; its targets are not looked at. */
    public Output forward(Batch batch) {
        return run(batch, 0, 0);
    }

    /**
     * The same with dropout between the layers, as in training. The masks depend on the seed, the update and the place alone.
     *
     * @param update the number of the update that this step is for, from 1
     */
    public Output forward(Batch batch, long seed, long update) {
        if (update < 1) {
            throw new IllegalArgumentException("update " + update + ": must be at least 1");
        }
        return run(batch, seed, update);
    }

    private Output run(Batch batch, long seed, long update) {
        network.requireOpen();
        Require.given(batch, "batch");
        if (layers == null) {
            layers = new RecurrentLayers(network);
        }
        float[] h = layers.forward(batch, seed, update);
        Output output = new Output(h, layers.finalState(), layers.finalCellState());
        last = new WeakReference<>(output);
        return output;
    }

    /** {@link #backward(float[], float[], float[])} without a gradient of c_n. */
    public InputGradients backward(float[] dH, float[] dFinalState) {
        return backward(dH, dFinalState, null);
    }

    /**
     * Sweeps the batch of the last {@link #forward} back. Adds to the parameters' gradients ({@link #gradient}), as PyTorch's
     * {@code backward} does: call {@link #zeroGradients} before the first of a step. The states of one forward sweep are kept, until the
     * next: it can be swept back several times, and no other can.
     *
     * @param dH ∂L/∂h of the top layer [T,B,D·H], or null for zeros
     * @param dFinalState ∂L/∂h_n [L·D,B,H], or null for zeros
     * @param dFinalCellState ∂L/∂c_n [L·D,B,H], or null for zeros
     * @throws IllegalStateException if there was no forward sweep, or a parameter has changed since then: states of the old values and
     *     weights of the new ones give no gradient
     */
    public InputGradients backward(float[] dH, float[] dFinalState, float[] dFinalCellState) {
        network.requireOpen();
        if (layers == null) {
            throw new IllegalStateException("backward before forward: there is no batch to sweep back");
        }
        float[] dX = layers.backward(dH, dFinalState, dFinalCellState);
        return new InputGradients(dX, layers.initialStateGradient(), layers.initialCellStateGradient());
    }

    /**
     * The same, for who calls {@link #forward} for several batches: says which of them is meant.
     *
     * @param output what forward gave for the batch
     * @throws IllegalStateException also if forward was called again since then: the states of that batch are gone
     */
    public InputGradients backward(Output output, float[] dH, float[] dFinalState, float[] dFinalCellState) {
        network.requireOpen();
        Require.given(output, "output");
        if (output != last.get()) {
            throw new IllegalStateException(
                    "these outputs are not those of the last forward, whose states are the only ones"
                            + " that are kept: call backward for each batch before forward for the next");
        }
        return backward(dH, dFinalState, dFinalCellState);
    }

    /** Frees the network's memory. The backend stays open. A second call does nothing. */
    @Override
    public void close() {
        last.clear();
        if (layers != null) {
            layers.close();
        }
        network.close();
    }

    /** The network it is, and the backend's name. */
    @Override
    public String toString() {
        return spec() + " on " + backend().name();
    }
}
