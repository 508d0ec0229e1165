package org.bptt4j.roofline;

import java.util.ArrayList;
import java.util.List;
import org.bptt4j.roofline.Operation.Bytes;

/** The operations of a forward and backward pass without update, in the order of the stream; of {@code Trainer.forwardBackward}. */
public final class TrainingStep {
    private static final int FLOAT = 4;

    private final Card card;
    private final Row row;
    private final Sweep.Form form;
    private final List<Operation> operations = new ArrayList<>();

    private TrainingStep(Card card, Row row, Sweep.Form form) {
        this.card = card;
        this.row = row;
        this.form = form;
    }

    /** Floating point operations of all products. */
    public static double flop(Card card, Row row) {
        return operations(card, row, Sweep.Form.STEPS).stream()
                .mapToDouble(Operation::flop)
                .sum();
    }

    /** @param form of the sweeps, or null for all operations without them */
    static List<Operation> operations(Card card, Row row, Sweep.Form form) {
        TrainingStep step = new TrainingStep(card, row, form);
        step.load();
        for (int l = 0; l < row.layers(); l++) {
            step.product(row.cells(), row.hidden(), row.inputOf(l), false);
            step.sweep(true);
            step.kernel(2.0 * row.batch() * row.hidden()); // the last states of all rows
        }
        if (!row.alone()) {
            step.head();
        }
        step.clear((double) row.layers() * row.batch() * row.hidden()); // the carry
        for (int l = row.layers() - 1; l >= 0; l--) {
            step.layerBackward(l);
        }
        step.operations.add(Operation.report(card));
        return step.operations;
    }

    /** The batch, its targets, where its rows end and an empty report go up; gradients and initial states are cleared. */
    private void load() {
        double cells = row.cells();
        // Layers alone are measured on data that lie on the card.
        operations.add(Operation.upload(card, row.alone() ? 0 : FLOAT * cells * row.input()));
        operations.add(Operation.upload(card, row.alone() ? 0 : FLOAT * cells));
        operations.add(Operation.upload(card, 2 * FLOAT * row.batch()));
        operations.add(Operation.upload(card, 0));
        double parameters = (double) row.hidden() * row.output();
        for (int l = 0; l < row.layers(); l++) {
            parameters += (double) row.hidden() * (row.inputOf(l) + row.hidden());
        }
        clear(parameters);
        for (int l = 0; l < row.layers(); l++) {
            clear((double) row.batch() * row.hidden());
        }
    }

    private void sweep(boolean forward) {
        if (form != null) {
            operations.addAll(new Sweep(card, row, forward).operations(form));
        }
    }

    private void head() {
        double y = (double) row.cells() * row.output();
        kernel(y); // b_y into every row
        product(row.cells(), row.output(), row.hidden(), true);
        kernel(2 * y); // softmax and gradient
        kernel(0); // the loss
        product(row.output(), row.hidden(), row.cells(), true);
        columnSums(y);
        product(row.cells(), row.hidden(), row.output(), false);
    }

    private void layerBackward(int l) {
        sweep(false);
        if (row.weightGradients()) {
            product(row.hidden(), row.hidden(), row.cells(), true);
            for (int bias = 0; bias < 2; bias++) {
                columnSums((double) row.cells() * row.hidden());
            }
            product(row.hidden(), row.inputOf(l), row.cells(), true);
        }
        if (l > 0 || row.alone()) {
            product(row.cells(), row.inputOf(l), row.hidden(), false);
        }
    }

    private void columnSums(double floats) {
        kernel(floats);
        kernel(0);
    }

    /** C [m, n], over k terms; cuBLAS is trusted to keep all multiprocessors busy. */
    private void product(double m, double n, double k, boolean add) {
        double bytes = FLOAT * (m * k + k * n + (add ? 2 : 1) * m * n);
        Bytes where = Bytes.of(bytes, card.holds(bytes));
        double multiprocessors = card.get(Quantity.MULTIPROCESSORS);
        operations.add(Operation.product(card, 2 * m * n * k, where, multiprocessors, where.latency(card)));
    }

    private void clear(double floats) {
        operations.add(Operation.memset(card, Bytes.of(FLOAT * floats, card.holds(FLOAT * floats))));
    }

    private void kernel(double floats) {
        double bytes = FLOAT * floats;
        operations.add(Operation.pointwise(card, Bytes.of(bytes, card.holds(bytes))));
    }
}
