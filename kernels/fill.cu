#include "common.cuh"

/// to[r, j] = value. to [R, N] out.
extern "C" __global__ void fill(float* to, int64 ld, int64 R, int64 N, float value) {
#pragma unroll 1
    for (int64 r = firstRow(); r < R; r += rowStep()) {
#pragma unroll 1
        for (int64 j = firstCol(); j < N; j += colStep()) {
            to[r * ld + j] = value;
        }
    }
}
