package org.bptt4j.backend;

import java.util.List;
import org.bptt4j.spec.Cell;

/** A part of {@link BackendContract}. */
interface Contract {
    /** Another backend of the kind under test; the caller closes it. */
    Backend open(int threads);

    /** The backend under test and its data, fresh for every test. */
    Kit kit();

    /** The largest relative error of an operand as products read it: 0, as it is in memory. */
    default double operandError() {
        return 0;
    }

    /** The same for products that sum a weight's gradient. */
    default double gradientOperandError() {
        return operandError();
    }

    /** The cells that its sweeps are tested with. */
    default List<Cell> cells() {
        return Cell.all();
    }

    /** The formula that a cell is held to. */
    default CellTruth truth(Cell cell) {
        return CellTruth.of(cell);
    }

    default Backend backend() {
        return kit().backend;
    }
}
