#include "clipping.cuh"

/// g ← clipped(g), report[COEFFICIENT] = c, report[CLAMPED] = 1 if an element was beyond ±limit. g [n] in and out; report[NORM] in.
extern "C" __global__ void clip(float* g, int64 n, float maxNorm, float limit, float* report) {
    float c = clipCoefficient(report, maxNorm);
    bool clamped = false;
#pragma unroll 1
    for (int64 i = firstElement(); i < n; i += elementStep()) {
        clamped |= fabsf(g[i]) > limit;
        g[i] = clipped(g[i], c, limit);
    }
    reportClamped(clamped, report);
    if (writesReport()) {
        report[COEFFICIENT] = c;
    }
}
