package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendContract;

/** The contract for the CUDA backend, on the software device. */
class CudaBackendTest extends BackendContract {
    @Override
    public Backend open(int threads) {
        return SoftDevice.open();
    }

    /** Not promised here: cuBLAS cuts a product over all rows into partial sums as it sees fit. */
    @Override
    public void aCutSweepGivesTheSameBits() {}
}
