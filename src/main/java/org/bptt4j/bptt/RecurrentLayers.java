package org.bptt4j.bptt;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;

/** The recurrent layers inside somebody else's network: states and gradients come and go as arrays of the host. */
public final class RecurrentLayers implements AutoCloseable {
    private final Network network;
    private final Backend backend;
    private final RnnSpec spec;
    private final Unrolled unrolled;
    private final Buffers finalBuffers;
    /** Of ∂L/∂h_n, and of ∂L/∂c_n. */
    private final List<Buffers.Slot> finalSlots;
    /** Whether the last forward sweep was completed. */
    private boolean swept;
    /** {@link Network#version} of the parameters that it was made with. */
    private long sweptWith;

    public RecurrentLayers(Network network) {
        this.network = network;
        this.backend = network.backend();
        this.spec = network.spec();
        this.unrolled = new Unrolled(network, Truncation.NONE, MemoryPlan.UNLIMITED);
        this.finalBuffers = new Buffers(backend);
        this.finalSlots = finalBuffers.slots(2);
    }

    /**
     * What the top layer gives in each step [T,B,D·H].
     *
     * @param update the number of the update that dropout's masks are those of, or 0 for no dropout
     */
    public float[] forward(Batch batch, long seed, long update) {
        unrolled.check(batch);
        Arrangement how = unrolled.arrangementOf(batch, false);
        swept = false;
        unrolled.stack().inputs().drop(seed, update);
        unrolled.load(batch, how);
        sweptWith = network.version();
        float[] h = unrolled.host().array(spec.layerOutputSize());
        unrolled.forward(
                0, stretch -> unrolled.host().download(stretch, unrolled.stack().outputs(stretch), h));
        swept = true;
        return h;
    }

    /** h_n [L·D,B,H]. */
    public float[] finalState() {
        return unrolled.host().finalState(0);
    }

    /** c_n [L·D,B,H], or null if the cell has none. */
    public float[] finalCellState() {
        return unrolled.host().finalState(1);
    }

    /**
     * Sweeps the batch of the last {@link #forward} back and adds to the gradients of the parameters.
     *
     * @param dOutputs ∂L/∂h of the top layer [T,B,D·H], or null for zeros; rows of padding are ignored
     * @param dFinalState ∂L/∂h_n [L·D,B,H], or null for zeros
     * @param dFinalCellState ∂L/∂c_n [L·D,B,H], or null for zeros
     * @return ∂L/∂x [T,B,I], or null for symbol ids
     * @throws IllegalStateException if there was no forward sweep, or a parameter was changed after it
     */
    public float[] backward(float[] dOutputs, float[] dFinalState, float[] dFinalCellState) {
        requireSweptWithTheseParameters();
        Batch batch = unrolled.batch();
        if (dOutputs != null) {
            requireLength("dH [T,B,D·H]", dOutputs, (long) batch.steps() * batch.rows() * spec.layerOutputSize());
        }
        if (dFinalCellState != null && !spec.cell().hasCellState()) {
            throw new IllegalArgumentException("dc_n is given, but a " + spec.cell() + " cell has no cell state");
        }
        FinalGradient dFinal = dFinalState == null && dFinalCellState == null
                ? null
                : new FinalGradient(
                        uploadFinal("dh_n", dFinalState, 0),
                        uploadFinal("dc_n", dFinalCellState, 1),
                        unrolled.contents().ends());
        float[] dX = batch.ids() != null ? null : unrolled.host().array(batch.inputSize());
        unrolled.backward(
                0, stretch -> upload(stretch, dOutputs), dFinal, unrolled.host().inputGradient(dX));
        return dX;
    }

    /** A backward sweep reads the states of the forward sweep and the parameters: it is a gradient only where both belong together. */
    private void requireSweptWithTheseParameters() {
        if (!swept) {
            throw new IllegalStateException("backward before forward: there is no batch to sweep back");
        }
        if (sweptWith != network.version()) {
            throw new IllegalStateException(
                    "the parameters have changed since forward (by setParameter, a Trainer's update or"
                            + " TrainerState.restore), so that backward would mix old states with new weights: call forward again"
                            + " before backward, or change the parameters after it");
        }
    }

    private Matrix uploadFinal(String name, float[] values, int which) {
        if (values == null) {
            return null;
        }
        long rows = (long) spec.sweeps() * unrolled.batch().rows();
        requireLength(name + " [L·D,B,H]", values, rows * spec.hiddenSize());
        Matrix to = finalSlots.get(which).matrix(rows, spec.hiddenSize());
        backend.upload(values, 0, values.length, to.array(), 0);
        return to;
    }

    private static void requireLength(String what, float[] array, long needed) {
        if (array.length != needed) {
            throw new IllegalArgumentException(what + " has " + array.length + " elements, needs " + needed);
        }
    }

    private void upload(Stretch stretch, float[] dOutputs) {
        Batch batch = unrolled.batch();
        int width = spec.layerOutputSize();
        Matrix to = unrolled.stack().gradients().outputGradients(stretch);
        int from = unrolled.absolute(stretch.ownFrom());
        int count = stretch.ownSteps() * batch.rows() * width;
        if (dOutputs == null) {
            backend.fill(to, 0f);
        } else if (batch.lengths() == null) {
            backend.upload(dOutputs, from * batch.rows() * width, count, to.array(), to.offset());
        } else {
            float[] valid = unrolled.contents().staging().floats(count);
            batch.copyWithoutPadding(dOutputs, width, from, from + stretch.ownSteps(), valid);
            backend.upload(valid, 0, count, to.array(), to.offset());
        }
    }

    /** ∂L/∂h0 [L·D,B,H] of the last {@link #backward}. */
    public float[] initialStateGradient() {
        return unrolled.host().initialGradient(0);
    }

    /** ∂L/∂c0 [L·D,B,H] of the last {@link #backward}, or null if the cell has none. */
    public float[] initialCellStateGradient() {
        return unrolled.host().initialGradient(1);
    }

    @Override
    public void close() {
        finalBuffers.close();
        unrolled.close();
    }
}
