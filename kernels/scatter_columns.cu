#include "common.cuh"

/// gradient[j, ids[r]] += delta[r, j] over all rows r: dW = Σ δᵀ·x for unit vectors x.
/// ids [R] in; delta [R, N] in; gradient [N, I] in and out.
///
/// Block b gathers one symbol's rows for COLS columns, each of its warps from its own piece of the rows; the pieces are then added
/// in order. No two blocks write the same element, so that there are no atomics.
extern "C" __global__ void scatter_columns(
    const int* ids, const float* delta, int64 ldDelta, float* gradient, int64 ldGradient, int64 R, int64 N) {
    __shared__ float pieces[ROWS][COLS];
    int lane = threadIdx.x;
    int64 tiles = (N + COLS - 1) / COLS;
    int64 i = blockIdx.x / tiles;
    int64 j = blockIdx.x % tiles * COLS + lane;
    int64 piece = (R + ROWS - 1) / ROWS;
    int64 from = threadIdx.y * piece;
    int64 to = from + piece < R ? from + piece : R;
    float sum = 0;
    for (int64 r = from; r < to; r += COLS) {
        bool hit = r + lane < to && ids[r + lane] == i;
        for (unsigned hits = __ballot_sync(FULL_WARP, hit); hits != 0; hits &= hits - 1) {
            int64 row = r + __ffs(hits) - 1;
            sum += j < N ? delta[row * ldDelta + j] : 0;
        }
    }
    pieces[threadIdx.y][lane] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && j < N) {
        for (int p = 1; p < ROWS; p++) {
            sum += pieces[p][lane];
        }
        gradient[j * ldGradient + i] += sum;
    }
}
