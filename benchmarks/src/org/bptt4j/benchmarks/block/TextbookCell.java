package org.bptt4j.benchmarks.block;

import org.bptt4j.spec.Cell;

/** One step of a cell and its derivative as a textbook has them, in double precision. */
interface TextbookCell {
    /**
     * A step of one sequence.
     *
     * @param x [I]
     * @param before the step before; its h and c are read
     * @param gates the activations of each gate and what else the way back needs, each [H]
     * @param h [H]
     * @param c [H], zeros for a cell without
     */
    record Step(double[] x, Step before, double[][] gates, double[] h, double[] c) {
        /** The states before the first step. */
        static Step zero(int hidden) {
            return new Step(null, null, null, new double[hidden], new double[hidden]);
        }
    }

    /** The step that x takes from {@code before}. */
    Step forward(TextbookGates ih, TextbookGates hh, double[] x, Step before);

    /**
     * Adds to the gradients of the weights, of x, and of the states before.
     *
     * @param dH ∂L/∂h of this step, from above and from later steps
     * @param dC ∂L/∂c of this step, from later steps
     */
    void backward(
            TextbookGates ih,
            TextbookGates hh,
            Step step,
            double[] dH,
            double[] dC,
            double[] dX,
            double[] dHBefore,
            double[] dCBefore);

    /** @param resetFirst for a GRU: whether the reset gate comes before the product */
    static TextbookCell of(Cell cell, boolean resetFirst) {
        return switch (cell.name()) {
            case "tanh" -> new TextbookPlain(Math::tanh, h -> 1 - h * h);
            case "relu" -> new TextbookPlain(a -> Math.max(0, a), h -> h > 0 ? 1 : 0);
            case "lstm" -> new TextbookLstm();
            case "gru" -> new TextbookGru(resetFirst);
            default -> throw new IllegalArgumentException("no textbook has the cell " + cell);
        };
    }

    /** 1/(1 + e⁻ᵃ). */
    static double sigmoid(double a) {
        return 1 / (1 + Math.exp(-a));
    }
}
