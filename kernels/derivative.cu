#include "cursor.cuh"

/// Step t behind the cursor: δ = (∂L/∂h + carry)·f', in place of ∂L/∂h and once more in delta, where the product after it finds
/// it, with f' from the saved output h. carry [B, H] in; delta [B, H] out, zero in rows that begin anew: nothing reaches the
/// step before.
template <typename F>
__device__ inline void derivative(
    const Cursor* cursor, int64 t, const float* carry, float* delta, int64 B, int64 H, F f) {
    Cursor c = *cursor;
    if (t >= c.left) {
        return;
    }
    float* d = c.x + t * c.stepX;
    const float* h = c.y + t * c.stepY;
    const int* resets = c.resets == nullptr ? nullptr : c.resets + t * c.stepResets;
#pragma unroll 1
    for (int64 b = firstRow(); b < B; b += rowStep()) {
        bool anew = resets != nullptr && resets[b] != 0;
#pragma unroll 1
        for (int64 i = firstCol(); i < H; i += colStep()) {
            float e = f(d[b * c.ldX + i] + carry[b * H + i], h[b * c.ldY + i]);
            d[b * c.ldX + i] = e;
            delta[b * H + i] = anew ? 0 : e;
        }
    }
}

extern "C" __global__ void derivative_tanh(
    const Cursor* cursor, int64 t, const float* carry, float* delta, int64 B, int64 H) {
    derivative(cursor, t, carry, delta, B, H, [](float e, float y) { return e * (1 - y * y); });
}

extern "C" __global__ void derivative_relu(
    const Cursor* cursor, int64 t, const float* carry, float* delta, int64 B, int64 H) {
    derivative(cursor, t, carry, delta, B, H, [](float e, float y) { return y > 0 ? e : 0; });
}
