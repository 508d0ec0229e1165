package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Precision;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The contract with operands of fewer bits; the errors are those of {@link Precision}. */
class PrecisionContractTest {
    /** Cut off, not rounded: what a card does is not known. */
    static final double TF32 = 0x1p-10;

    static final double BF16 = 0x1p-8;

    @AfterEach
    void restore() {
        SoftGpu.restoreDefaults();
    }

    @Nested
    class Tf32 extends CudaBackendTest {
        @Override
        public Backend open(int threads) {
            return SoftDevice.open(Precision.TF32);
        }

        @Override
        public double operandError() {
            return TF32;
        }
    }

    @Nested
    class Bf16 extends Tf32 {
        @Override
        public Backend open(int threads) {
            return SoftDevice.open(Precision.BF16);
        }

        @Override
        public double gradientOperandError() {
            return BF16;
        }
    }
}
