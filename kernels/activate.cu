#include "cursor.cuh"

/// Step t behind the cursor: h = f(a + product + b_ih + b_hh), in place of a and once more in next, where the product after it
/// finds it. product [B, H] in; next [B, H] out. Row b is zero where the absolute step is ≥ lengths[b]; its product
/// counts as zero where it begins anew.
template <typename F>
__device__ inline void activate(
    const Cursor* cursor, int64 t, const float* product, float* next, int64 B, int64 H, F f) {
    Cursor c = *cursor;
    if (t >= c.left) {
        return;
    }
    float* h = c.x + t * c.stepX;
    const int* resets = c.resets == nullptr ? nullptr : c.resets + t * c.stepResets;
#pragma unroll 1
    for (int64 b = firstRow(); b < B; b += rowStep()) {
        bool ended = c.lengths != nullptr && c.t + t >= c.lengths[b];
        bool anew = resets != nullptr && resets[b] != 0;
#pragma unroll 1
        for (int64 i = firstCol(); i < H; i += colStep()) {
            float a = h[b * c.ldX + i] + (anew ? 0 : product[b * H + i]) + (c.biasIh[i] + c.biasHh[i]);
            float y = ended ? 0 : f(a);
            h[b * c.ldX + i] = y;
            next[b * H + i] = y;
        }
    }
}

extern "C" __global__ void activate_tanh(
    const Cursor* cursor, int64 t, const float* product, float* next, int64 B, int64 H) {
    activate(cursor, t, product, next, B, H, [](float a) { return tanhf(a); });
}

/// NaN stays NaN: fmaxf would hide it.
extern "C" __global__ void activate_relu(
    const Cursor* cursor, int64 t, const float* product, float* next, int64 B, int64 H) {
    activate(cursor, t, product, next, B, H, [](float a) { return a <= 0 ? 0 : a; });
}
