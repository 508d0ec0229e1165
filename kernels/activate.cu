#include "common.cuh"

/// One step's h = f(a + b_ih + b_hh), in place of a. h [B, H] in and out; biases [H] in; lengths [B] in or null: row b is
/// zero where the absolute step t ≥ lengths[b].
template <typename F>
__device__ inline void activate(
    float* h, int64 ld, int64 B, int64 H, const float* biasIh, const float* biasHh, const int* lengths, int64 t, F f) {
#pragma unroll 1
    for (int64 b = firstRow(); b < B; b += rowStep()) {
        bool ended = lengths != nullptr && t >= lengths[b];
#pragma unroll 1
        for (int64 i = firstCol(); i < H; i += colStep()) {
            float a = h[b * ld + i] + (biasIh[i] + biasHh[i]);
            h[b * ld + i] = ended ? 0 : f(a);
        }
    }
}

extern "C" __global__ void activate_tanh(
    float* h, int64 ld, int64 B, int64 H, const float* biasIh, const float* biasHh, const int* lengths, int64 t) {
    activate(h, ld, B, H, biasIh, biasHh, lengths, t, [](float a) { return tanhf(a); });
}

/// NaN stays NaN: fmaxf would hide it.
extern "C" __global__ void activate_relu(
    float* h, int64 ld, int64 B, int64 H, const float* biasIh, const float* biasHh, const int* lengths, int64 t) {
    activate(h, ld, B, H, biasIh, biasHh, lengths, t, [](float a) { return a <= 0 ? 0 : a; });
}
