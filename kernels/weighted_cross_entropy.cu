#include "softmax.cuh"

/// w_j of a vector that may be absent.
__device__ inline float weightOf(const float* w, int64 j) { return w == nullptr ? 1 : w[j]; }

/// Cross-entropy of one row by a warp, with class weights w [O] or null and label smoothing ε: with q_j = ε/O·w_j and
/// c = (1−ε)·w_target returns c·ℓ_target + Σ_j q_j·ℓ_j, ℓ_j = ln Σ_k exp(y_k) − y_j, to every lane, and leaves
/// d_j = scale·((c + Σ_k q_k)·softmax(y)_j − c·[j = target] − q_j), which may be the memory of y.
__device__ inline float weightedCrossEntropyRow(
    const float* y, int target, const float* w, float smoothing, float scale, float* d, int64 O) {
    float largest = rowMax(y, O);
    float sum = rowSumExp(y, largest, O);
    float share = smoothing / O, all = 0, margins = 0;
    if (smoothing > 0) {
#pragma unroll 1
        for (int64 j = threadIdx.x; j < O; j += COLS) {
            float q = share * weightOf(w, j);
            all += q;
            margins += q * (largest - y[j]);
        }
        all = warpSum(all);
        margins = warpSum(margins);
    }
    float certain = (1 - smoothing) * weightOf(w, target);
    float loss = (certain + all) * logf(sum) + certain * (largest - y[target]) + margins;
    __syncwarp(); // all have read y[target] before one overwrites it
#pragma unroll 1
    for (int64 j = threadIdx.x; j < O; j += COLS) {
        float expected = share * weightOf(w, j) + (j == target ? certain : 0);
        d[j] = scale * ((certain + all) * (expf(y[j] - largest) / sum) - expected);
    }
    return loss;
}

/// As cross_entropy, each row times its weight s [R], of stride ldS, or null for 1.
extern "C" __global__ void weighted_cross_entropy(
    const float* y, int64 ldY, const int* targets, int64 ignored, const float* s, int64 ldS, const float* w,
    float smoothing, float scale, float* d, int64 ldD, int64 R, int64 O, double* partial) {
    double sum = 0;
    for (int64 r = (int64)blockIdx.x * ROWS + threadIdx.y; r < R; r += (int64)gridDim.x * ROWS) {
        if (targets[r] == ignored) {
#pragma unroll 1
            for (int64 j = threadIdx.x; j < O; j += COLS) {
                d[r * ldD + j] = 0;
            }
        } else {
            float weight = weightOf(s, r * ldS);
            float own = scale * weight;
            sum += (double)weight
                * weightedCrossEntropyRow(y + r * ldY, targets[r], w, smoothing, own, d + r * ldD, O);
        }
    }
    sum = blockSum(threadIdx.x == 0 ? sum : 0);
    if (threadIdx.x == 0 && threadIdx.y == 0) {
        partial[blockIdx.x] = sum;
    }
}
