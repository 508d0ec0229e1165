// Sums in a fixed order: the same launch gives the same bits.
#pragma once
#include "common.cuh"

/// The sum of `value` over the THREADS threads of a block, for all of them to see; every thread must come here, and only once.
__device__ inline double blockSum(double value) {
    __shared__ double sums[THREADS];
    int thread = threadIdx.y * blockDim.x + threadIdx.x;
    sums[thread] = value;
    __syncthreads();
    for (int half = THREADS / 2; half > 0; half /= 2) {
        if (thread < half) {
            sums[thread] += sums[thread + half];
        }
        __syncthreads();
    }
    return sums[0];
}

/// The largest of a warp's 32 values, for all of them.
__device__ inline float warpMax(float value) {
    for (int lane = 16; lane > 0; lane /= 2) {
        value = fmaxf(value, __shfl_xor_sync(FULL_WARP, value, lane));
    }
    return value;
}

/// The sum of a warp's 32 values, the same bits for all of them.
__device__ inline float warpSum(float value) {
    for (int lane = 16; lane > 0; lane /= 2) {
        value += __shfl_xor_sync(FULL_WARP, value, lane);
    }
    return value;
}
