#include "update.cuh"

/// d = g + λp; m = β₁m + (1−β₁)d; v = β₂v + (1−β₂)d²; p = p·keep − step·m/(√v·unbias + ε), where the host knows
/// step = η/(1−β₁ᵏ), unbias = 1/√(1−β₂ᵏ), and keep = 1−ηλ with λ = 0 for AdamW, else 1. p, m, v [n] in and out.
extern "C" __global__ void adam(
    const float* g, int64 n, float maxNorm, float limit, float* report, float* p, float* m, float* v, float step,
    float keep, float decay, float beta1, float rest1, float beta2, float rest2, float unbias, float epsilon) {
    update(g, n, maxNorm, limit, report, [=](int64 i, float clippedG) {
        float d = clippedG + decay * p[i];
        m[i] = beta1 * m[i] + rest1 * d;
        v[i] = beta2 * v[i] + rest2 * d * d;
        p[i] = p[i] * keep - step * m[i] / (sqrtf(v[i]) * unbias + epsilon);
    });
}
