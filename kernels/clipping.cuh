// Clipping on the way from gradient to update: the coefficient is made where it is used and never leaves the device.
#pragma once
#include "common.cuh"

/// min(1, maxNorm/(‖g‖ + 10⁻⁶)) as PyTorch's clip_grad_norm_, or 1 if maxNorm < 0, for all threads of a block; every thread must
/// come here. NaN stays NaN. One thread divides, in double, as the CPU does.
__device__ inline float clipCoefficient(const float* report, float maxNorm) {
    __shared__ float coefficient;
    if (threadIdx.x == 0) {
        double c = maxNorm / (report[NORM] + 1e-6);
        coefficient = maxNorm < 0 || c > 1 ? 1 : (float)c;
    }
    __syncthreads();
    return coefficient;
}

/// max(−limit, min(limit, c·g)). NaN stays NaN.
__device__ inline float clipped(float g, float c, float limit) {
    float v = g * c;
    return v > limit ? limit : v < -limit ? -limit : v;
}

/// Says that an element was beyond ±limit; of all threads that say so, each writes the same.
__device__ inline void reportClamped(bool clamped, float* report) {
    if (clamped) {
        report[CLAMPED] = 1;
    }
}

/// Whether this is the one thread that writes the report. Nobody reads what it writes in the same launch.
__device__ inline bool writesReport() { return blockIdx.x == 0 && threadIdx.x == 0; }
