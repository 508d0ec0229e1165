#include "common.cuh"

/// to[rows[r], j] += from[r, j]. rows [R] in, distinct, so that no two threads meet; from [R, N] in; to [., N] in and out.
extern "C" __global__ void scatter_rows(
    const int* rows, const float* from, int64 ldFrom, float* to, int64 ldTo, int64 R, int64 N) {
#pragma unroll 1
    for (int64 r = firstRow(); r < R; r += rowStep()) {
#pragma unroll 1
        for (int64 j = firstCol(); j < N; j += colStep()) {
            to[rows[r] * ldTo + j] += from[r * ldFrom + j];
        }
    }
}
