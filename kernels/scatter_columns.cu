#include "common.cuh"

/// gradient[j, ids[r]] += delta[r, j] over all rows r: dW = Σ δᵀ·x for unit vectors x.
/// order [R], starts [I + 1] in, as symbol_order.cu makes them; delta [R, N] in; gradient [N, I] in and out.
///
/// A block adds one symbol's rows for COLS columns, each of its warps a piece of them; the pieces are then added in order. No two
/// blocks write the same element, so that there are no atomics.
extern "C" __global__ void scatter_columns(
    const int* order, const int* starts, const float* delta, int64 ldDelta, float* gradient, int64 ldGradient, int64 N) {
    __shared__ float pieces[ROWS][COLS];
    int lane = threadIdx.x;
    int64 tiles = (N + COLS - 1) / COLS;
    int64 i = blockIdx.x / tiles;
    int64 j = blockIdx.x % tiles * COLS + lane;
    int64 end = starts[i + 1];
    int64 piece = (end - starts[i] + ROWS - 1) / ROWS;
    if (piece == 0) {
        return;
    }
    int64 from = starts[i] + threadIdx.y * piece;
    int64 to = from + piece < end ? from + piece : end;
    float sum = 0;
    for (int64 k = from; k < to; k++) {
        sum += j < N ? delta[order[k] * ldDelta + j] : 0;
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
