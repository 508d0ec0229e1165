#include "common.cuh"

/// to[r, j] = from[r, j] where mask[r] is 0, else 0, whatever from[r, j] is. mask [R] in; from [R, N] in; to [R, N] out.
extern "C" __global__ void mask_rows(
    const int* mask, const float* from, int64 ldFrom, float* to, int64 ldTo, int64 R, int64 N) {
#pragma unroll 1
    for (int64 r = firstRow(); r < R; r += rowStep()) {
        bool masked = mask[r] != 0;
#pragma unroll 1
        for (int64 j = firstCol(); j < N; j += colStep()) {
            to[r * ldTo + j] = masked ? 0 : from[r * ldFrom + j];
        }
    }
}
