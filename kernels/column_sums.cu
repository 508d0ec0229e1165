#include "common.cuh"

/// partial[c, j] = Σ delta[r, j] over the rows r of chunk c = blockIdx.y. delta [R, N] in; partial [chunks, N] out.
/// Each row of a block's threads adds every ROWS-th row of the chunk; these sums are then added in order.
extern "C" __global__ void column_sums(
    const float* delta, int64 ldDelta, int64 R, int64 N, int64 rowsPerChunk, float* partial) {
    __shared__ float sums[ROWS][COLS];
    int64 j = firstCol();
    int64 from = blockIdx.y * rowsPerChunk;
    int64 to = from + rowsPerChunk < R ? from + rowsPerChunk : R;
    float sum = 0;
    for (int64 r = from + threadIdx.y; j < N && r < to; r += ROWS) {
        sum += delta[r * ldDelta + j];
    }
    sums[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && j < N) {
        for (int p = 1; p < ROWS; p++) {
            sum += sums[p][threadIdx.x];
        }
        partial[blockIdx.y * N + j] = sum;
    }
}

/// gradient[j] += Σ_c partial[c, j], c ascending. partial [chunks, N] in; gradient [N] in and out.
extern "C" __global__ void add_column_sums(const float* partial, int64 chunks, int64 N, float* gradient) {
#pragma unroll 1
    for (int64 j = firstElement(); j < N; j += elementStep()) {
        float sum = 0;
        for (int64 c = 0; c < chunks; c++) {
            sum += partial[c * N + j];
        }
        gradient[j] += sum;
    }
}
