// What the persistent kernels share. One launch sweeps a layer over S steps, and W_hh stays where the sums are made.
//
// Both directions are one recursion over vectors of a row: x_{p+1} = g_p(W·x_p), p = 0 … S-1.
//   forward   W = W_hh,  x_p = h_p,        g_p(s) = f(A_p + b_ih + b_hh + s)
//   backward  W = W_hhᵀ, x_p = δ_{S-1-p},  g_p(s) = (dH_{S-2-p} + s)·f'; the last is the carry: x_S = s
// Where a row begins anew with a step, the sum between x of that step and x of the one before counts as zero.
// A direction says where x_p lies, what g_p needs from memory (fetched early), and g_p. A thread owns one unit i of x.
#pragma once
#include "common.cuh"

enum { LANES = 32, WARPS = THREADS / LANES, GROUP = 8 };

/// w(i, j) = at[i·rowStep + j·colStep], a view of W_hh [H, H] or of its transpose; zero outside.
struct Weight {
    const float* at;
    int64 rowStep, colStep, H;

    /// w(i, j), w(i, j+step), …
    template <int N>
    __device__ void load(int64 i, int64 j, int step, float (&to)[N]) const {
        const float* from = at + i * rowStep + j * colStep;
#pragma unroll
        for (int k = 0; k < N; k++) {
            to[k] = i < H && j + k * step < H ? *from : 0;
            from += step * colStep;
        }
    }
};

// What other blocks write while the kernel runs is read from L2 (__ldcg): the L1 caches of two SMs know nothing of each other.

/// states h [(S+1)·B, H] in and out: h_0, and A_t where h_{t+1} will be; biases [H] in; lengths [B] in or null: row b is
/// zero where the absolute step t ≥ lengths[b]; resets [S·B] in or null.
struct Forward {
    float* states;
    int64 ld, B, steps;
    const float *biasIh, *biasHh;
    const int* lengths;
    const int* resets;
    int64 t0, relu;
    int64 i = 0;
    float bias = 0;

    enum { STARTS_IN_MEMORY = true };
    struct Fetched {
        float a;
        bool ended, anew;
    };

    __device__ void own(int64 unit) {
        i = unit;
        bias = biasIh[i] + biasHh[i];
    }
    __device__ float* x(int64 p, int64 b) const { return states + (p * B + b) * ld; }
    __device__ float start(int64 b) const { return x(0, b)[i]; }
    __device__ Fetched fetch(int64 p, int64 b) const {
        return {
            __ldcg(x(p, b) + i), lengths != nullptr && t0 + p - 1 >= lengths[b],
            resets != nullptr && resets[(p - 1) * B + b] != 0};
    }
    __device__ float finish(int64 p, int64 b, float sum, Fetched f) const {
        float a = f.a + bias + (f.anew ? 0 : sum);
        // NaN stays NaN: fmaxf would hide it.
        float y = f.ended ? 0 : relu == 0 ? tanhf(a) : a <= 0 ? 0 : a;
        x(p, b)[i] = y;
        return y;
    }
};

/// d [S·B, H] in: ∂L/∂h_1 … ∂L/∂h_S; out: δ. h [S·B, H] in: h_1 … h_S. carry [B, H] in: what reaches h_S; out: δ_0·W_hh.
/// resets [S·B] in or null.
struct Backward {
    float* d;
    int64 ldD;
    const float* h;
    int64 ldH;
    float* carry;
    int64 ldCarry, B, steps;
    const int* resets;
    int64 relu;
    int64 i = 0;

    enum { STARTS_IN_MEMORY = false };
    struct Fetched {
        float d, h;
        bool anew;
    };

    __device__ void own(int64 unit) { i = unit; }
    __device__ float* x(int64 p, int64 b) const {
        return p == steps ? carry + b * ldCarry : d + ((steps - 1 - p) * B + b) * ldD;
    }
    __device__ float start(int64 b) const { return finish(0, b, carry[b * ldCarry + i], fetch(0, b)); }
    __device__ Fetched fetch(int64 p, int64 b) const {
        // What comes to x_p crosses the beginning of step S-p, for p = 0 that of a step which is not of this sweep.
        bool anew = resets != nullptr && p > 0 && resets[(steps - p) * B + b] != 0;
        if (p == steps) {
            return {0, 0, anew};
        }
        return {__ldcg(x(p, b) + i), __ldcg(h + ((steps - 1 - p) * B + b) * ldH + i), anew};
    }
    __device__ float finish(int64 p, int64 b, float sum, Fetched f) const {
        sum = f.anew ? 0 : sum;
        float e = f.d + sum;
        float y = p == steps ? sum : relu == 0 ? e * (1 - f.h * f.h) : f.h > 0 ? e : 0;
        x(p, b)[i] = y;
        return y;
    }
};

/// `lower` where sign ≥ 0, else `upper`; never a branch, which nvcc would make of the selection with the exchange in both arms.
__device__ inline float choose(int sign, float lower, float upper) {
    float chosen;
    asm("slct.f32.s32 %0, %1, %2, %3;" : "=f"(chosen) : "f"(lower), "f"(upper), "r"(sign));
    return chosen;
}

/// Σ over the lanes of each of N sums, N a power of two ≤ 32, in N - 1 + log2(32/N) exchanges, in a fixed order. Lane l gets the
/// one of number l / (32/N).
template <int N>
__device__ inline float sumOverLanes(float (&sums)[N], int lane) {
    int distance = LANES / 2;
#pragma unroll
    for (int half = N / 2; half > 0; half /= 2) {
        int sign = -(lane & distance);
#pragma unroll
        for (int m = 0; m < half; m++) {
            float give = choose(sign, sums[m + half], sums[m]);
            float keep = choose(sign, sums[m], sums[m + half]);
            sums[m] = keep + __shfl_xor_sync(FULL_WARP, give, distance);
        }
        distance /= 2;
    }
    float sum = sums[0];
#pragma unroll
    for (int rest = LANES / N / 2; rest > 0; rest /= 2) {
        sum += __shfl_xor_sync(FULL_WARP, sum, rest);
    }
    return sum;
}
