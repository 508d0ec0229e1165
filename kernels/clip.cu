#include "clipping.cuh"

/// g ← clipped(g), report[COEFFICIENT] = c. g [n] in and out; report[NORM] in.
extern "C" __global__ void clip(float* g, int64 n, float maxNorm, float limit, float* report) {
    float c = clipCoefficient(report, maxNorm);
#pragma unroll 1
    for (int64 i = firstElement(); i < n; i += elementStep()) {
        g[i] = clipped(g[i], c, limit);
    }
    if (writesReport()) {
        report[COEFFICIENT] = c;
    }
}
