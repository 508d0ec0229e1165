#include "update.cuh"

/// d = g + λp; m = μm + d; p −= η(d + μm) with Nesterov, else p −= ηm. p, m [n] in and out.
extern "C" __global__ void sgd(
    const float* g, int64 n, float maxNorm, float limit, float* report, float* p, float* m, float rate, float decay,
    float mu, int64 nesterov) {
    update(g, n, maxNorm, limit, report, [=](int64 i, float clippedG) {
        float d = clippedG + decay * p[i];
        m[i] = mu * m[i] + d;
        p[i] -= rate * (nesterov != 0 ? d + mu * m[i] : m[i]);
    });
}
