#include "reduce.cuh"

/// partial[block] = Σ s_r·(y − target)² over this block's elements, d = 2·scale·s_r·(y − target); a target that is NaN has no
/// loss and a zero gradient. y, targets [R, O] in; s [R] of stride ldS in, or null for 1; d [R, O] out, may be the memory of y;
/// partial [blocks] out.
extern "C" __global__ void squared_error(
    const float* y, int64 ldY, const float* targets, int64 ldTargets, const float* s, int64 ldS, float scale,
    float* d, int64 ldD, int64 R, int64 O, double* partial) {
    double sum = 0;
    for (int64 r = (int64)blockIdx.x * ROWS + threadIdx.y; r < R; r += (int64)gridDim.x * ROWS) {
        float weight = s == nullptr ? 1 : s[r * ldS];
        for (int64 j = threadIdx.x; j < O; j += COLS) {
            float target = targets[r * ldTargets + j];
            float error = isnan(target) ? 0 : y[r * ldY + j] - target;
            sum += (double)(weight * error) * error;
            d[r * ldD + j] = 2 * scale * weight * error;
        }
    }
    sum = blockSum(sum);
    if (threadIdx.x == 0 && threadIdx.y == 0) {
        partial[blockIdx.x] = sum;
    }
}
