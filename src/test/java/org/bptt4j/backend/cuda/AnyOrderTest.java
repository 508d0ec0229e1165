package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;

/** The contract with blocks, warps and streams in an order that chance chooses: nothing may depend on it. */
class AnyOrderTest extends CudaContract {
    @Override
    public Backend open(int threads) {
        SoftDevice.require();
        Backend backend = super.open(threads);
        SoftGpu.set("order", "random");
        SoftGpu.set("streams", "random");
        return backend;
    }

    @AfterEach
    void inOrderAgain() {
        SoftGpu.restoreDefaults();
    }
}
