#include "update.cuh"

/// d = g + λp; v = αv + (1−α)d²; p −= ηd/(√v + ε). p, v [n] in and out; rest = 1−α.
extern "C" __global__ void rmsprop(
    const float* g, int64 n, float maxNorm, float limit, float* report, float* p, float* v, float rate, float decay,
    float alpha, float rest, float epsilon) {
    update(g, n, maxNorm, limit, report, [=](int64 i, float clippedG) {
        float d = clippedG + decay * p[i];
        v[i] = alpha * v[i] + rest * d * d;
        p[i] -= rate * d / (sqrtf(v[i]) + epsilon);
    });
}
