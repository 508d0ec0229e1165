#include "common.cuh"

/// to[r, j] = from[rows[r], j]. rows [R] in, checked by the host; from [., N] in; to [R, N] out.
extern "C" __global__ void gather_rows(
    const int* rows, const float* from, int64 ldFrom, float* to, int64 ldTo, int64 R, int64 N) {
#pragma unroll 1
    for (int64 r = firstRow(); r < R; r += rowStep()) {
#pragma unroll 1
        for (int64 j = firstCol(); j < N; j += colStep()) {
            to[r * ldTo + j] = from[rows[r] * ldFrom + j];
        }
    }
}
