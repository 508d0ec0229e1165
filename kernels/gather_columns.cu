#include "common.cuh"

/// to[r, j] = weight[j, ids[r]]: x·Wᵀ for unit vectors x. ids [R] in, checked by the host; weight [N, I] in; to [R, N] out.
extern "C" __global__ void gather_columns(
    const int* ids, const float* weight, int64 ldWeight, float* to, int64 ldTo, int64 R, int64 N) {
#pragma unroll 1
    for (int64 r = firstRow(); r < R; r += rowStep()) {
#pragma unroll 1
        for (int64 j = firstCol(); j < N; j += colStep()) {
            to[r * ldTo + j] = weight[j * ldWeight + ids[r]];
        }
    }
}
