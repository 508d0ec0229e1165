package org.bptt4j.backend;

import java.util.List;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What every backend's sweeps must do, for a cell that was added to it. */
public abstract class MinimalContract implements SweepContract, ResetContract {
    private Kit kit;

    @Override
    public List<Cell> cells() {
        return List.of(Minimal.CELL);
    }

    @Override
    public CellTruth truth(Cell cell) {
        return new Minimal();
    }

    @Override
    public Kit kit() {
        return kit;
    }

    @BeforeEach
    void openBackend() {
        kit = new Kit(open(3));
    }

    @AfterEach
    void closeBackend() {
        kit.close();
    }
}
