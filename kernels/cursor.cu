#include "cursor.cuh"

/// Sets the cursor, and to = from [B, H]: the state or gradient that a sweep begins with, to where its products find it.
extern "C" __global__ void begin_sweep(
    Cursor* cursor, float* x, int64 ldX, int64 stepX, const float* y, int64 ldY, int64 stepY, const float* biasIh,
    const float* biasHh, const int* lengths, const int* resets, int64 stepResets, int64 t, int64 steps, const float* from, int64 ldFrom, float* to, int64 B, int64 H) {
    if (blockIdx.x + blockIdx.y + threadIdx.x + threadIdx.y == 0) {
        *cursor = {x, ldX, stepX, y, ldY, stepY, biasIh, biasHh, lengths, resets, stepResets, t, steps};
    }
#pragma unroll 1
    for (int64 b = firstRow(); b < B; b += rowStep()) {
#pragma unroll 1
        for (int64 i = firstCol(); i < H; i += colStep()) {
            to[b * H + i] = from[b * ldFrom + i];
        }
    }
}

/// The cursor goes on by n steps. One thread.
extern "C" __global__ void advance_sweep(Cursor* cursor, int64 n) {
    if (threadIdx.x == 0) {
        cursor->x += n * cursor->stepX;
        cursor->y += n * cursor->stepY;
        cursor->resets += cursor->resets == nullptr ? 0 : n * cursor->stepResets;
        cursor->t += n;
        cursor->left -= n;
    }
}
