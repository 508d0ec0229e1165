package org.bptt4j.backend.cpu;

/**
 * One step of a cell for a block of {@link #rows} batch rows and {@link #units} hidden units: where its operands lie. Gate k of unit j has
 * column {@code k·hidden + j} in {@link #gates}, {@link #bias}, {@link #dGates} and {@link #dProducts}, and {@code k·span + j} in {@link
 * #sums}. {@code before} is step t, the others are step t+1.
 */
final class CellStep {
    int rows;
    int units;
    /** H: columns from one gate to the next. */
    int hidden;

    /** Columns of {@link #sums} from one gate to the next. */
    int span;

    /** In: A of the gates that do not add it to P; out: what the way back needs. For a plain cell A + P, h in its place. */
    final Operand gates = new Operand();
    /** A + P of the gates that add them, P of the separate ones, in; of no use to a plain cell. */
    final Operand sums = new Operand();
    /** One row for all: b_ih + b_hh of the gates that add A and P, else b_ih, and behind all gates b_hh of the separate ones. */
    final Operand bias = new Operand();
    /** h_t, in. */
    final Operand before = new Operand();
    /** h_{t+1}, out; in on the way back. */
    final Operand after = new Operand();
    /** c_t, in. */
    final Operand cellBefore = new Operand();
    /** c_{t+1}, out; in on the way back. */
    final Operand cellAfter = new Operand();

    /** ∂L/∂h_{t+1} from the head or the layer above, in. */
    final Operand dStates = new Operand();
    /** In: what reaches h_{t+1} from later steps. Out: what reaches h_t beside the product, if the cell has such a way. */
    final Operand carry = new Operand();
    /** In: what reaches c_{t+1} from later steps. Out: what reaches c_t. */
    final Operand cellCarry = new Operand();
    /** The gradient of A, out. */
    final Operand dGates = new Operand();
    /** The gradient of P, out; {@link #dGates} itself if no gate is separate. */
    final Operand dProducts = new Operand();
}
