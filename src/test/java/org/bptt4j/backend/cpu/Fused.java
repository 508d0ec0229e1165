package org.bptt4j.backend.cpu;

/** Whether scalar code multiplies and adds in one rounding here. */
final class Fused {
    /** (1 + 2⁻¹²)² − 1 − 2⁻¹¹ is 2⁻²⁴ in one rounding and 0 in two. */
    static final boolean HERE = Fma.fma(1 + 0x1p-12f, 1 + 0x1p-12f, -1 - 0x1p-11f) != 0;

    private Fused() {}
}
