// The frame of every optimiser: nothing while report[NON_FINITE] is set, else clip each gradient and hand it to the rule.
#pragma once
#include "clipping.cuh"

/// rule(i, d) updates parameter i with its clipped gradient d. g [n] in, left as it is; report[NORM] and report[NON_FINITE] in,
/// report[COEFFICIENT], report[CLAMPED] and report[UPDATES] out.
template <typename Rule>
__device__ inline void update(const float* g, int64 n, float maxNorm, float limit, float* report, Rule rule) {
    if (report[NON_FINITE] != 0) {
        return;
    }
    float c = clipCoefficient(report, maxNorm);
    bool clamped = false;
#pragma unroll 1
    for (int64 i = firstElement(); i < n; i += elementStep()) {
        clamped |= fabsf(g[i]) > limit;
        rule(i, clipped(g[i], c, limit));
    }
    reportClamped(clamped, report);
    if (writesReport()) {
        report[COEFFICIENT] = c;
        report[UPDATES] += 1;
    }
}
