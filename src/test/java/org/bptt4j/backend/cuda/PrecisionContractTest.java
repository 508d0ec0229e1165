package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.ProductsContract;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * The contract's products with operands of fewer bits; the errors are those of {@link Precision}. What does not hang on them is in the
 * full run only.
 */
class PrecisionContractTest {
    /** Cut off, not rounded: what a card does is not known. */
    static final double TF32 = 0x1p-10;

    static final double BF16 = 0x1p-8;

    @AfterEach
    void restore() {
        SoftGpu.restoreDefaults();
    }

    @Nested
    class Tf32 extends ProductsContract {
        @Override
        public Backend open(int threads) {
            return SoftDevice.open(Precision.TF32);
        }

        @Override
        public double operandError() {
            return TF32;
        }

        /** As for {@link CudaContract}. */
        @Override
        public void aCutSweepGivesTheSameBits() {}
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

    @Nested
    @Tag("full")
    class AllWithTf32 extends CudaContract {
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
    @Tag("full")
    class AllWithBf16 extends AllWithTf32 {
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
