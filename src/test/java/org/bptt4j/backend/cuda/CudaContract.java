package org.bptt4j.backend.cuda;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendContract;
import org.bptt4j.spec.Cell;

/** The contract for the CUDA backend. */
abstract class CudaContract extends BackendContract {
    @Override
    public Backend open(int threads) {
        return TestDevice.open();
    }

    @Override
    public List<Cell> cells() {
        return Cell.plain();
    }

    /** Not promised here: cuBLAS cuts a product over all rows into partial sums as it sees fit. */
    @Override
    public void aCutSweepGivesTheSameBits() {}
}
