package org.bptt4j.backend.cpu;

import java.util.HashMap;
import java.util.Map;
import org.bptt4j.spec.Cell;

/** The table of cells that this backend has. */
final class CpuCells {
    private static final Map<Cell, CpuCell> BUILT_IN = Map.of(
            Cell.TANH, new TanhCell(),
            Cell.RELU, new ReluCell(),
            Cell.GRU, new GruCell(),
            Cell.LSTM, new LstmCell());

    private final Map<Cell, CpuCell> cells = new HashMap<>();

    /** Those that come with the library and {@code more}, in the form for {@code kernels}. */
    CpuCells(Kernels kernels, Map<Cell, CpuCell> more) {
        BUILT_IN.forEach((cell, formula) -> cells.put(cell, kernels.form(formula)));
        more.forEach((cell, formula) -> cells.put(cell, kernels.form(formula)));
    }

    /** Throws an {@link IllegalArgumentException} if there is none. */
    CpuCell of(Cell cell) {
        CpuCell formula = cells.get(cell);
        if (formula == null) {
            throw new IllegalArgumentException("the cpu backend has no formula for a " + cell + " cell");
        }
        return formula;
    }
}
