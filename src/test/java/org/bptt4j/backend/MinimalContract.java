package org.bptt4j.backend;

import java.util.List;
import org.bptt4j.spec.Cell;

/** What every backend's sweeps must do, for a cell that was added to it. */
public abstract class MinimalContract extends SweepsContract {
    @Override
    public List<Cell> cells() {
        return List.of(Minimal.CELL);
    }

    @Override
    public CellTruth truth(Cell cell) {
        return new Minimal();
    }
}
