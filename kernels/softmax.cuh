// The softmax of one row, by a warp.
#pragma once
#include "reduce.cuh"

/// The largest of y [O], for all lanes.
__device__ inline float rowMax(const float* y, int64 O) {
    float largest = -INFINITY;
    for (int64 j = threadIdx.x; j < O; j += COLS) {
        largest = fmaxf(largest, y[j]);
    }
    return warpMax(largest);
}

/// Σ_j exp(y_j − largest), for all lanes.
__device__ inline float rowSumExp(const float* y, float largest, int64 O) {
    float sum = 0;
    for (int64 j = threadIdx.x; j < O; j += COLS) {
        sum += expf(y[j] - largest);
    }
    return warpSum(sum);
}
