package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Truncation;

/** The recurrent layers inside somebody else's network: states and gradients come and go as arrays of the host. */
public final class RecurrentLayers implements AutoCloseable {
    private final Backend backend;
    private final int layers;
    private final int hidden;
    private final Unrolled unrolled;
    private final Buffers finalBuffers;
    private final Buffers.Slot finalSlot;
    /** Whether the last forward sweep was completed. */
    private boolean swept;

    public RecurrentLayers(Network network) {
        this.backend = network.backend();
        this.layers = network.spec().layers();
        this.hidden = network.spec().hiddenSize();
        this.unrolled = new Unrolled(network, Truncation.NONE, MemoryPlan.UNLIMITED);
        this.finalBuffers = new Buffers(backend);
        this.finalSlot = finalBuffers.slot();
    }

    /** h_1 … h_T of the top layer [T,B,H]. */
    public float[] forward(Batch batch) {
        unrolled.check(batch);
        Arrangement how = unrolled.arrangementOf(batch, false);
        swept = false;
        unrolled.load(batch, how);
        float[] h = unrolled.host().array(hidden);
        unrolled.forward(
                0, stretch -> unrolled.host().download(stretch, unrolled.stack().outputs(stretch), h));
        swept = true;
        return h;
    }

    /** h_n [L,B,H]. */
    public float[] finalState() {
        return unrolled.host().download(unrolled.carried().all());
    }

    /**
     * Sweeps the batch of the last {@link #forward} back and adds to the gradients of the parameters.
     *
     * @param dOutputs ∂L/∂h of the top layer [T,B,H]; rows of padding are ignored
     * @param dFinalState ∂L/∂h_n [L,B,H], or null for zeros
     * @return ∂L/∂x [T,B,I], or null for symbol ids
     */
    public float[] backward(float[] dOutputs, float[] dFinalState) {
        Batch batch = unrolled.batch();
        if (!swept) {
            throw new IllegalStateException("backward before forward: there is no batch to sweep back");
        }
        int rows = batch.rows();
        requireLength("dH [T,B,H]", dOutputs, (long) batch.steps() * rows * hidden);
        FinalGradient dFinal = null;
        if (dFinalState != null) {
            requireLength("dh_n [L,B,H]", dFinalState, (long) layers * rows * hidden);
            Matrix states = finalSlot.matrix((long) layers * rows, hidden);
            backend.upload(dFinalState, 0, dFinalState.length, states.array(), 0);
            dFinal = new FinalGradient(states, unrolled.ends());
        }
        float[] dX = batch.ids() != null ? null : unrolled.host().array(batch.inputSize());
        unrolled.backward(
                0, stretch -> upload(stretch, dOutputs), dFinal, unrolled.host().inputGradient(dX));
        return dX;
    }

    private static void requireLength(String what, float[] array, long needed) {
        if (array.length != needed) {
            throw new IllegalArgumentException(what + " has " + array.length + " elements, needs " + needed);
        }
    }

    private void upload(Stretch stretch, float[] dOutputs) {
        Batch batch = unrolled.batch();
        Matrix to = unrolled.stack().outputGradients(stretch);
        int from = unrolled.absolute(stretch.ownFrom());
        int count = stretch.ownSteps() * batch.rows() * hidden;
        if (batch.lengths() == null) {
            backend.upload(dOutputs, from * batch.rows() * hidden, count, to.array(), to.offset());
        } else {
            float[] valid = unrolled.staging().floats(count);
            batch.copyWithoutPadding(dOutputs, hidden, from, from + stretch.ownSteps(), valid);
            backend.upload(valid, 0, count, to.array(), to.offset());
        }
    }

    /** ∂L/∂h0 [L,B,H] of the last {@link #backward}. */
    public float[] initialStateGradient() {
        return unrolled.host().download(unrolled.stack().carry());
    }

    @Override
    public void close() {
        finalBuffers.close();
        unrolled.close();
    }
}
