#include "common.cuh"

/// One step's δ = (∂L/∂h + carry)·f', in place of ∂L/∂h, with f' from the saved output h. d [B, H] in and out; carry, h
/// [B, H] in.
template <typename F>
__device__ inline void derivative(
    float* d, int64 ldD, const float* carry, int64 ldCarry, const float* h, int64 ldH, int64 B, int64 H, F f) {
#pragma unroll 1
    for (int64 b = firstRow(); b < B; b += rowStep()) {
#pragma unroll 1
        for (int64 i = firstCol(); i < H; i += colStep()) {
            d[b * ldD + i] = f(d[b * ldD + i] + carry[b * ldCarry + i], h[b * ldH + i]);
        }
    }
}

extern "C" __global__ void derivative_tanh(
    float* d, int64 ldD, const float* carry, int64 ldCarry, const float* h, int64 ldH, int64 B, int64 H) {
    derivative(d, ldD, carry, ldCarry, h, ldH, B, H, [](float e, float y) { return e * (1 - y * y); });
}

extern "C" __global__ void derivative_relu(
    float* d, int64 ldD, const float* carry, int64 ldCarry, const float* h, int64 ldH, int64 B, int64 H) {
    derivative(d, ldD, carry, ldCarry, h, ldH, B, H, [](float e, float y) { return y > 0 ? e : 0; });
}
