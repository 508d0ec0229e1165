#include "reduce.cuh"

/// partial[block] = Σ s_r·(w_j·t·ln(1 + e^−y) + (1 − t)·ln(1 + e^y)) over this block's elements, d = scale·s_r·((1 − t)·σ(y) −
/// w_j·t·σ(−y)); a target t that is NaN has no loss and a zero gradient. y, targets [R, O] in; s [R] of stride ldS, w [O] in, or
/// null for 1; d [R, O] out, may be the memory of y; partial [blocks] out.
extern "C" __global__ void binary_cross_entropy(
    const float* y, int64 ldY, const float* targets, int64 ldTargets, const float* s, int64 ldS, const float* w,
    float scale, float* d, int64 ldD, int64 R, int64 O, double* partial) {
    double sum = 0;
    for (int64 r = (int64)blockIdx.x * ROWS + threadIdx.y; r < R; r += (int64)gridDim.x * ROWS) {
        float weight = s == nullptr ? 1 : s[r * ldS];
#pragma unroll 1
        for (int64 j = threadIdx.x; j < O; j += COLS) {
            float target = targets[r * ldTargets + j];
            float loss = 0, slope = 0;
            if (!isnan(target)) {
                float v = y[r * ldY + j];
                float negative = 1 - target;
                float positive = w == nullptr ? target : target * w[j];
                float e = expf(-fabsf(v)), log = log1pf(e), large = 1 / (1 + e), small = e * large;
                float wrong = fabsf(v) + log;
                loss = negative * (v < 0 ? log : wrong) + positive * (v < 0 ? wrong : log);
                slope = negative * (v < 0 ? small : large) - positive * (v < 0 ? large : small);
            }
            sum += (double)weight * loss;
            d[r * ldD + j] = scale * weight * slope;
        }
    }
    sum = blockSum(sum);
    if (threadIdx.x == 0 && threadIdx.y == 0) {
        partial[blockIdx.x] = sum;
    }
}
