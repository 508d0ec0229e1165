package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Transpose;
import org.bptt4j.spec.Loss;

/**
 * The linear head and the loss: {@code y = h·W_hyᵀ + b_y}, ∂L/∂y in the same memory, {@code dW_hy = Σ dyᵀh}, {@code db_y = Σ
 * dy}, {@code dh = dy·W_hy}.
 */
final class Head {
    private final Network network;
    private final Backend backend;
    private final Loss loss;
    private final Buffers.Slot outputSlot;
    private final Buffers.Slot lastStateSlot;
    private final Buffers.Slot lastDeltaSlot;

    Head(Network network, Loss loss, Buffers buffers) {
        this.network = network;
        this.backend = network.backend();
        this.loss = loss;
        this.outputSlot = buffers.slot();
        this.lastStateSlot = buffers.slot();
        this.lastDeltaSlot = buffers.slot();
    }

    /** y [R, O] of states h [R, H]; valid until the next call. */
    Matrix outputs(Matrix h) {
        Matrix y = outputSlot.matrix(h.rows(), network.spec().outputSize());
        backend.fillRows(network.parameters().headBias(), y);
        backend.gemm(Transpose.NO, h, Transpose.YES, network.parameters().headWeight(), true, y);
        return y;
    }

    /**
     * Adds the loss of segment {@code s} to the report, the head's gradients to the gradients, and leaves ∂L/∂h in {@code
     * dStates} [steps·B, H].
     *
     * @param states the top layer's states after each of the segment's steps [steps·B, H]
     * @param scale what the mean or sum multiplies each term with
     */
    void forwardBackward(
            Matrix states, int batch, Targets targets, int s, float scale, Matrix dStates, DeviceArray report) {
        Matrix weight = network.parameters().headWeight();
        if (loss.at() == Loss.At.EVERY) {
            Matrix dy = lossGradient(states, targets, s, scale, report);
            accumulate(dy, states, batch);
            backend.gemm(Transpose.NO, dy, Transpose.NO, weight, false, dStates);
            return;
        }
        backend.fill(dStates, 0f);
        int count = targets.count(s);
        if (count > 0) {
            Matrix h = lastStates(states, targets, s);
            Matrix dy = lossGradient(h, targets, s, scale, report);
            accumulate(dy, h, count);
            Matrix dh = lastDeltaSlot.matrix(count, states.cols());
            backend.gemm(Transpose.NO, dy, Transpose.NO, weight, false, dh);
            backend.scatterRows(targets.lastRows(s), dh, dStates);
        }
    }

    /** Only the loss of segment {@code s}, added to the report. */
    void evaluate(Matrix states, Targets targets, int s, DeviceArray report) {
        if (loss.at() == Loss.At.EVERY) {
            lossGradient(states, targets, s, 1f, report);
        } else if (targets.count(s) > 0) {
            lossGradient(lastStates(states, targets, s), targets, s, 1f, report);
        }
    }

    private Matrix lastStates(Matrix states, Targets targets, int s) {
        Matrix h = lastStateSlot.matrix(targets.count(s), states.cols());
        backend.gatherRows(targets.lastRows(s), states, h);
        return h;
    }

    private Matrix lossGradient(Matrix h, Targets targets, int s, float scale, DeviceArray report) {
        Matrix y = outputs(h);
        if (loss.kind() == Loss.Kind.CROSS_ENTROPY) {
            backend.crossEntropy(y, targets.classes(s), loss.ignoreIndex(), scale, y, report);
        } else {
            backend.squaredError(y, targets.values(s), scale, y, report);
        }
        return y;
    }

    private void accumulate(Matrix dy, Matrix h, int batch) {
        backend.weightGradient(dy, h, batch, network.gradients().headWeight());
        backend.biasGradient(dy, batch, network.gradients().headBias());
    }
}
