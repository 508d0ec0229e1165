package org.bptt4j.backend;

/**
 * How exactly a device multiplies; each rung includes the one before. Sums are float32 on every rung, and so is everything in
 * memory but the operands that {@link #BF16} copies.
 *
 * <p>A factor x is rounded to x·(1 + ε). A sum of products Σ a·b then differs from the one of float32 operands by at most
 * (2·|ε| + ε²)·Σ|a·b|:
 *
 * <table>
 * <caption>significant bits and the largest |ε|</caption>
 * <tr><td>float32</td><td>24</td><td>0</td></tr>
 * <tr><td>TF32</td><td>11</td><td>2⁻¹¹ rounded to nearest, 2⁻¹⁰ cut off; which, cuBLAS does not say</td></tr>
 * <tr><td>bfloat16</td><td>8</td><td>2⁻⁸, rounded to nearest, ties to even</td></tr>
 * </table>
 *
 * All three have float32's range of exponents, so that a gradient neither overflows nor vanishes for want of range.
 *
 * <p>Only products change that a device's library does. Activations, losses, bias gradients, gradients of symbols, norms and updates
 * are float32 on every rung, and so is the product inside a sweep of {@link SweepForm#PERSISTENT}. The CPU has the first rung only.
 */
public enum Precision {
    /** Operands as they are. */
    FLOAT32,
    /** The operands of every product are read as TF32: NVIDIA cards of compute capability 8.0 (Ampere) and newer. */
    TF32,
    /** As TF32, but weight gradients dW += δᵀ·input read both operands rounded to bfloat16; on the same cards. */
    BF16
}
