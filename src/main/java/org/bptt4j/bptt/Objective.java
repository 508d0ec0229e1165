package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;
import org.bptt4j.spec.Loss;

/** Head and loss together: from the top layer's states to the loss, and back to ∂L/∂h; ∂L/∂y is in the memory of y. */
final class Objective {
    private final Backend backend;
    private final Loss loss;
    private final int hiddenSize;
    private final Head head;
    private final Targets targets;
    private final Buffers.Slot lastStateSlot;
    private final Buffers.Slot lastDeltaSlot;
    private final Buffers.Views<Compared> compared;

    Objective(Network network, Loss loss, Head head, Targets targets, Buffers buffers) {
        this.backend = network.backend();
        this.loss = loss;
        this.hiddenSize = network.spec().hiddenSize();
        this.head = head;
        this.targets = targets;
        this.lastStateSlot = buffers.slot();
        this.lastDeltaSlot = buffers.slot();
        this.compared = buffers.views(this::views);
    }

    /**
     * What is compared in one segment.
     *
     * @param y the outputs, n rows
     * @param classes or {@code values}: their targets, n
     * @param rows for a loss at the last step the n rows of the segment's states that they belong to, else null
     * @param h for a loss at the last step these states, else null
     * @param dh for a loss at the last step their gradient, else null
     */
    private record Compared(Matrix y, Ints classes, Matrix values, Ints rows, Matrix h, Matrix dh) {}

    private Compared views(int s) {
        int n = targets.count(s);
        boolean last = loss.at() == Loss.At.LAST;
        return new Compared(
                head.place(n),
                targets.classes(s),
                targets.values(s),
                targets.lastRows(s),
                last ? lastStateSlot.matrix(n, hiddenSize) : null,
                last ? lastDeltaSlot.matrix(n, hiddenSize) : null);
    }

    /**
     * Adds the loss of segment {@code s} to the report, the head's gradients to the gradients, and leaves ∂L/∂h in {@code
     * dStates} [steps·B, H].
     *
     * @param states the top layer's states after each of the segment's steps [steps·B, H]
     * @param scale what the mean or sum multiplies each term with
     */
    void forwardBackward(int s, Matrix states, int batch, float scale, Matrix dStates, DeviceArray report) {
        if (loss.at() == Loss.At.EVERY) {
            Compared views = compared.get(s);
            compare(views, states, scale, report);
            head.backward(views.y, states, batch, dStates);
            return;
        }
        backend.fill(dStates, 0f);
        if (targets.count(s) > 0) {
            Compared views = compared.get(s);
            compare(views, gathered(views, states), scale, report);
            head.backward(views.y, views.h, targets.count(s), views.dh);
            backend.scatterRows(views.rows, views.dh, dStates);
        }
    }

    /** Only the loss of segment {@code s}, added to the report. */
    void evaluate(int s, Matrix states, DeviceArray report) {
        if (targets.count(s) > 0) {
            Compared views = compared.get(s);
            compare(views, loss.at() == Loss.At.LAST ? gathered(views, states) : states, 1f, report);
        }
    }

    private Matrix gathered(Compared views, Matrix states) {
        backend.gatherRows(views.rows, states, views.h);
        return views.h;
    }

    /** The loss of the outputs of {@code h}, and its gradient in their place. */
    private void compare(Compared views, Matrix h, float scale, DeviceArray report) {
        Matrix y = views.y;
        head.forward(h, y);
        if (loss.kind() == Loss.Kind.CROSS_ENTROPY) {
            backend.crossEntropy(y, views.classes, loss.ignoreIndex(), scale, y, report);
        } else {
            backend.squaredError(y, views.values, scale, y, report);
        }
    }
}
