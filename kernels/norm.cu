#include "reduce.cuh"

/// partial[block] = Σ g² over this block's elements, in double: the square of the largest float is 10⁷⁷. g [n] in; partial
/// [blocks] out.
extern "C" __global__ void sum_of_squares(const float* g, int64 n, double* partial) {
    double sum = 0;
#pragma unroll 1
    for (int64 i = firstElement(); i < n; i += elementStep()) {
        sum += (double)g[i] * g[i];
    }
    sum = blockSum(sum);
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = sum;
    }
}

/// report[NORM] = √Σ partial, and report[NON_FINITE] = 1, for good, if that sum is not finite; by one block. partial [n] in.
extern "C" __global__ void global_norm(const double* partial, int64 n, float* report) {
    double sum = 0;
    for (int64 i = threadIdx.x; i < n; i += THREADS) {
        sum += partial[i];
    }
    sum = blockSum(sum);
    if (threadIdx.x == 0) {
        report[NORM] = (float)sqrt(sum);
        if (!isfinite(sum)) {
            report[NON_FINITE] = 1;
        }
    }
}
