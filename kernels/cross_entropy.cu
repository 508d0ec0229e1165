#include "softmax.cuh"

/// Softmax cross-entropy of one row by a warp: returns ln Σ_j exp(y_j) − y_target to every lane, and leaves
/// d_j = scale·(softmax(y)_j − [j = target]), which may be the memory of y.
__device__ inline float crossEntropyRow(const float* y, int target, float scale, float* d, int64 O) {
    float largest = rowMax(y, O);
    float sum = rowSumExp(y, largest, O);
    float loss = logf(sum) + (largest - y[target]);
    __syncwarp(); // all have read y[target] before one overwrites it
    for (int64 j = threadIdx.x; j < O; j += COLS) {
        d[j] = scale * (expf(y[j] - largest) / sum - (j == target ? 1 : 0));
    }
    return loss;
}

/// partial[block] = the loss of every row that this block's warps take. y [R, O] in; targets [R] in: a class, or `ignored`
/// for no loss and a zero gradient; d [R, O] out; partial [blocks] out.
extern "C" __global__ void cross_entropy(
    const float* y, int64 ldY, const int* targets, int64 ignored, float scale, float* d, int64 ldD, int64 R, int64 O,
    double* partial) {
    double sum = 0;
    for (int64 r = (int64)blockIdx.x * ROWS + threadIdx.y; r < R; r += (int64)gridDim.x * ROWS) {
        if (targets[r] == ignored) {
            for (int64 j = threadIdx.x; j < O; j += COLS) {
                d[r * ldD + j] = 0;
            }
        } else {
            sum += crossEntropyRow(y + r * ldY, targets[r], scale, d + r * ldD, O);
        }
    }
    sum = blockSum(threadIdx.x == 0 ? sum : 0);
    if (threadIdx.x == 0 && threadIdx.y == 0) {
        partial[blockIdx.x] = sum;
    }
}
