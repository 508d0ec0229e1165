// The frame of every cell: one step of a sweep, forward or backward, is a product and one of these kernels. A cell's own file has its formula
// and its derivative for one hidden unit, and ends with CELL_KERNELS.
#pragma once
#include "cursor.cuh"

/// The shapes of a cell as org.bptt4j.spec.Cell has them: G gates, the last S of them separate, whether there is a c beside h, and
/// whether h_{t-1} reaches h_t beside the product too. A cell has two functions:
///
///     /// x in: the gates' pre-activations A + b_ih + P + b_hh; for separate gates A + b_ih, and P + b_hh behind all of them.
///     /// Out: what is kept. h, c in: h_{t-1}, c_{t-1}; out: h_t, c_t.
///     static void forward(float (&x)[KEPT], float& h, float& c)
///     /// x in: what was kept; out: ∂L/∂x of what came in.
///     static void backward(float (&x)[KEPT], Backward& s)
template <int G, int S = 0, bool C = false, bool D = false>
struct Cell {
    enum { GATES = G, SEPARATE = S, KEPT = G + S, CELL_STATE = C, DIRECT = D };
    /// Then what is kept is h, in h's own memory, and δ takes the memory of ∂L/∂h.
    enum { PLAIN = KEPT == 1 && !C && !D };

    /// What is kept number k in a row that has ended: with it, δ is zero and the gradient of c passes.
    static __device__ float ended(int k) { return 0; }
};

/// What a cell's backward function knows of a unit beside what was kept.
struct Backward {
    /// h_{t-1}, c_{t-1}; c_t.
    float h, c, cNow;
    /// ∂L/∂h_t.
    float dH;
    /// In: ∂L/∂c_t without what h_t adds to it. Out: ∂L/∂c_{t-1}.
    float dC;
    /// Out: what reaches h_{t-1} beside the product.
    float direct;
};

/// Nothing overflows: where e^-x is infinite, σ is zero. As exact as e^x, to a rounding.
__device__ inline float sigmoid(float x) { return __fdividef(1, 1 + expf(-x)); }

/// Step t behind the cursor. product [B, G·H] in: h_{t-1}·W_hhᵀ, which counts as zero in rows that begin anew, as do h_{t-1} and c_{t-1};
/// next [B, H] out: h_t, where the product after it finds it.
template <typename C>
__device__ inline void cellForward(const Cursor* cursor, int64 t, const float* product, float* next, int64 B, int64 H) {
    Cursor s = *cursor;
    t += s.done;
    if (t >= s.steps) {
        return;
    }
    int64 row = t * s.rows;
#pragma unroll 1
    for (int64 b = firstRow(); b < B; b += rowStep()) {
        bool ended = s.lengths != nullptr && s.first + t >= s.lengths[b];
        bool anew = s.resets != nullptr && s.resets[row + b] != 0;
#pragma unroll 1
        for (int64 i = firstCol(); i < H; i += colStep()) {
            float* kept = s.gates.element(row, b, i);
            float p[C::GATES], x[C::KEPT];
            for (int g = 0; g < C::GATES; g++) {
                p[g] = product[(b * C::GATES + g) * H + i];
            }
            float h = *s.h.element(row, b, i);
            float c = C::CELL_STATE ? *s.c.element(row, b, i) : 0;
            for (int g = 0; g < C::GATES; g++) {
                p[g] = anew ? 0 : p[g];
                if (g < C::GATES - C::SEPARATE) {
                    x[g] = kept[g * H] + p[g] + (s.biasIh[g * H + i] + s.biasHh[g * H + i]);
                } else {
                    x[g] = kept[g * H] + s.biasIh[g * H + i];
                    x[g + C::SEPARATE] = p[g] + s.biasHh[g * H + i];
                }
            }
            h = anew ? 0 : h;
            c = anew ? 0 : c;
            C::forward(x, h, c);
            for (int k = 0; k < C::KEPT; k++) {
                kept[k * H] = ended ? C::ended(k) : x[k];
            }
            h = ended ? 0 : h;
            if (!C::PLAIN) {
                *s.h.element(row + B, b, i) = h;
            }
            if (C::CELL_STATE) {
                *s.c.element(row + B, b, i) = ended ? 0 : c;
            }
            next[b * H + i] = h;
        }
    }
}

/// Step t behind the cursor. carry [B, H] in: what reaches h_t through the product of the step after; delta [B, G·H] out: the gradient of P,
/// where the product to h_{t-1} finds it. In rows that begin anew it is zero, and so is what goes on beside the product and through
/// c: nothing reaches the step before.
template <typename C>
__device__ inline void cellBackward(const Cursor* cursor, int64 t, const float* carry, float* delta, int64 B, int64 H) {
    Cursor s = *cursor;
    t += s.done;
    if (t >= s.steps) {
        return;
    }
    int64 row = t * s.rows;
#pragma unroll 1
    for (int64 b = firstRow(); b < B; b += rowStep()) {
        bool anew = s.resets != nullptr && s.resets[row + b] != 0;
#pragma unroll 1
        for (int64 i = firstCol(); i < H; i += colStep()) {
            const float* kept = s.gates.element(row, b, i);
            float x[C::KEPT];
            for (int k = 0; k < C::KEPT; k++) {
                x[k] = kept[k * H];
            }
            Backward unit = {};
            float h = *s.h.element(row, b, i);
            unit.h = anew ? 0 : h;
            unit.dH = *s.dH.element(row, b, i) + (C::DIRECT ? carry[b * H + i] + s.direct[b * H + i] : carry[b * H + i]);
            if (C::CELL_STATE) {
                float c = *s.c.element(row, b, i);
                unit.c = anew ? 0 : c;
                unit.cNow = *s.c.element(row + B, b, i);
                unit.dC = *s.carryC.element(0, b, i);
            }
            C::backward(x, unit);
            for (int g = 0; g < C::GATES; g++) {
                float dP = x[g < C::GATES - C::SEPARATE ? g : g + C::SEPARATE];
                s.dA.element(row, b, i)[g * H] = x[g];
                if (C::SEPARATE > 0) {
                    s.dP.element(row, b, i)[g * H] = dP;
                }
                delta[(b * C::GATES + g) * H + i] = anew ? 0 : dP;
            }
            if (C::DIRECT) {
                s.direct[b * H + i] = anew ? 0 : unit.direct;
            }
            if (C::CELL_STATE) {
                *s.carryC.element(0, b, i) = anew ? 0 : unit.dC;
            }
        }
    }
}

/// The two kernels of a cell, by which the backend finds it: NAME_forward and NAME_backward.
#define CELL_KERNELS(NAME, CELL) \
    extern "C" __global__ void NAME##_forward( \
        const Cursor* cursor, int64 t, const float* product, float* next, int64 B, int64 H) { \
        cellForward<CELL>(cursor, t, product, next, B, H); \
    } \
    extern "C" __global__ void NAME##_backward( \
        const Cursor* cursor, int64 t, const float* carry, float* delta, int64 B, int64 H) { \
        cellBackward<CELL>(cursor, t, carry, delta, B, H); \
    }
