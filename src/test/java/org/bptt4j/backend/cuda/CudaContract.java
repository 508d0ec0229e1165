package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendContract;

/** The contract for the CUDA backend. */
abstract class CudaContract extends BackendContract {
    @Override
    public Backend open(int threads) {
        return TestDevice.open();
    }

    /** Not promised here: cuBLAS cuts a product over all rows into partial sums as it sees fit. */
    @Override
    public void aCutSweepGivesTheSameBits() {}
}
