#include "cursor.cuh"

/// Sets the cursor, and to = from [B, H]: the state or gradient that a sweep begins with, to where its launches find it.
extern "C" __global__ void begin_sweep(
    Cursor* cursor, float* gates, int64 ldGates, float* h, int64 ldH, float* c, int64 ldC, float* dH, int64 ldDH, float* dA,
    int64 ldDA, float* dP, int64 ldDP, float* carryC, int64 ldCarryC, float* direct, const float* biasIh, const float* biasHh, const int* lengths,
    const int* resets, int64 rows, int64 first, int64 steps, const float* from, int64 ldFrom, float* to, int64 B, int64 H) {
    if (blockIdx.x + blockIdx.y + threadIdx.x + threadIdx.y == 0) {
        *cursor = {{gates, ldGates}, {h, ldH}, {c, ldC}, {dH, ldDH}, {dA, ldDA}, {dP, ldDP}, {carryC, ldCarryC}, direct, biasIh, biasHh,
                   lengths, resets, rows, first, steps, 0};
    }
#pragma unroll 1
    for (int64 b = firstRow(); b < B; b += rowStep()) {
#pragma unroll 1
        for (int64 i = firstCol(); i < H; i += colStep()) {
            to[b * H + i] = from[b * ldFrom + i];
            if (direct != nullptr) {
                direct[b * H + i] = 0;
            }
        }
    }
}

/// to = carry + direct, or carry where direct is null: what a backward sweep leaves to the steps before it. carry, direct [B, H] in;
/// to [B, H] out.
extern "C" __global__ void end_sweep(const float* carry, const float* direct, float* to, int64 ldTo, int64 B, int64 H) {
#pragma unroll 1
    for (int64 b = firstRow(); b < B; b += rowStep()) {
#pragma unroll 1
        for (int64 i = firstCol(); i < H; i += colStep()) {
            float sum = carry[b * H + i];
            to[b * ldTo + i] = direct == nullptr ? sum : sum + direct[b * H + i];
        }
    }
}

/// The cursor goes on by n steps. One thread.
extern "C" __global__ void advance_sweep(Cursor* cursor, int64 n) {
    if (threadIdx.x == 0) {
        cursor->done += n;
    }
}
