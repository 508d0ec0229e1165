package org.bptt4j.bptt;

import java.util.ArrayList;
import java.util.List;
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
    private final RecurrentStack stack;
    private final Buffers.Slot lastStateSlot;
    private final Buffers.Slot lastDeltaSlot;
    private final Buffers.Views<List<Compared>> compared;
    private final Buffers.Views<Ints> lastRows;

    Objective(Network network, Loss loss, Head head, Targets targets, RecurrentStack stack, Buffers buffers) {
        this.backend = network.backend();
        this.loss = loss;
        this.hiddenSize = network.spec().hiddenSize();
        this.head = head;
        this.targets = targets;
        this.lastStateSlot = buffers.slot();
        this.lastDeltaSlot = buffers.slot();
        this.stack = stack;
        this.compared = buffers.views(this::views);
        this.lastRows = buffers.views(targets::lastRows);
    }

    /**
     * What is compared at a time.
     *
     * @param h states [n, H]: for a loss at every step some steps of the segment, for one at the last step those that count
     * @param dh their gradient
     * @param batch rows of a step
     * @param y their outputs, n rows
     * @param classes or {@code values}: their targets, n
     */
    private record Compared(Matrix h, Matrix dh, int batch, Matrix y, Ints classes, Matrix values) {}

    /** Stretches of steps, last to first, as the head's gradients are summed; one for a loss at the last step. */
    private List<Compared> views(int s) {
        List<Compared> views = new ArrayList<>();
        int n = targets.count(s);
        if (loss.at() == Loss.At.LAST) {
            if (n > 0) {
                Matrix h = lastStateSlot.matrix(n, hiddenSize);
                Matrix dh = lastDeltaSlot.matrix(n, hiddenSize);
                views.add(new Compared(h, dh, n, head.place(n), targets.classes(s), targets.values(s)));
            }
            return views;
        }
        int rows = stack.stretchRows();
        Matrix place = head.place(Math.min(n, rows));
        for (int to = n; to > 0; to -= rows) {
            int from = Math.max(0, to - rows);
            int count = to - from;
            Ints classes = targets.classes(s);
            Matrix values = targets.values(s);
            views.add(new Compared(
                    stack.outputs(s).rows(from, count),
                    stack.outputGradients(s).rows(from, count),
                    stack.batch(),
                    place.rows(0, count),
                    classes == null ? null : classes.slice(from, count),
                    values == null ? null : values.rows(from, count)));
        }
        return views;
    }

    /**
     * Adds the loss of segment {@code s} to the report, the head's gradients to the gradients, and leaves ∂L/∂h in the stack's
     * {@link RecurrentStack#outputGradients}.
     *
     * @param scale what the mean or sum multiplies each term with
     */
    void forwardBackward(int s, float scale, DeviceArray report) {
        List<Compared> views = compared.get(s);
        gather(s);
        for (int i = 0; i < views.size(); i++) {
            Compared v = views.get(i);
            compare(v, scale, report);
            head.backward(v.y, v.h, v.batch, v.dh);
        }
        scatter(s);
    }

    /** Only the loss of segment {@code s}, added to the report. */
    void evaluate(int s, DeviceArray report) {
        List<Compared> views = compared.get(s);
        gather(s);
        for (int i = 0; i < views.size(); i++) {
            compare(views.get(i), 1f, report);
        }
    }

    /** For a loss at the last step: fetches the states that count. */
    private void gather(int s) {
        if (loss.at() == Loss.At.LAST && targets.count(s) > 0) {
            backend.gatherRows(
                    lastRows.get(s), stack.outputs(s), compared.get(s).get(0).h);
        }
    }

    /** For a loss at the last step: brings their gradient to where they came from, and zero elsewhere. */
    private void scatter(int s) {
        if (loss.at() == Loss.At.LAST) {
            backend.fill(stack.outputGradients(s), 0f);
            if (targets.count(s) > 0) {
                backend.scatterRows(lastRows.get(s), compared.get(s).get(0).dh, stack.outputGradients(s));
            }
        }
    }

    /** The loss of the outputs of h, and its gradient in their place. */
    private void compare(Compared views, float scale, DeviceArray report) {
        Matrix y = views.y;
        head.forward(views.h, y);
        if (loss.kind() == Loss.Kind.CROSS_ENTROPY) {
            backend.crossEntropy(y, views.classes, loss.ignoreIndex(), scale, y, report);
        } else {
            backend.squaredError(y, views.values, scale, y, report);
        }
    }
}
