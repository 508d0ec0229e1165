package org.bptt4j.backend.cuda;

import java.util.function.Supplier;
import org.bptt4j.backend.Backend;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;

/** The contract with blocks, warps and streams in an order that chance chooses: nothing may depend on it. */
class AnyOrderTest extends CudaContract {
    @Override
    public Backend open(int threads) {
        return inAnyOrder(SoftDevice::open);
    }

    @AfterEach
    void inOrderAgain() {
        SoftGpu.restoreDefaults();
    }

    /** Until the device is told otherwise. */
    static Backend inAnyOrder(Supplier<Backend> opened) {
        SoftDevice.require();
        SoftGpu.set("order", "random");
        SoftGpu.set("streams", "random");
        return opened.get();
    }
}
