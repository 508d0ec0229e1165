#include "common.cuh"

/// to[r, j] = from[r, j]. from [R, N] in, to [R, N] out. With ldFrom = 0 every row becomes the one row of from.
extern "C" __global__ void copy(const float* from, int64 ldFrom, float* to, int64 ldTo, int64 R, int64 N) {
#pragma unroll 1
    for (int64 r = firstRow(); r < R; r += rowStep()) {
#pragma unroll 1
        for (int64 j = firstCol(); j < N; j += colStep()) {
            to[r * ldTo + j] = from[r * ldFrom + j];
        }
    }
}
