#include "reduce.cuh"

/// report[LOSS] += Σ partial, by one block. partial [n] in; report in and out.
extern "C" __global__ void add_loss(const double* partial, int64 n, float* report) {
    double sum = 0;
    for (int64 i = threadIdx.x; i < n; i += THREADS) {
        sum += partial[i];
    }
    sum = blockSum(sum);
    if (threadIdx.x == 0) {
        report[LOSS] += (float)sum;
    }
}
