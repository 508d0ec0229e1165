// Where a recurrent sweep stands. It lies in device memory, so that launches which were recorded once serve every stretch of every
// sweep of a shape: their own arguments never change.
#pragma once
#include "common.cuh"

/// Rows of a matrix: those that belong to the sweep's first step, ld from one to the next. A forward sweep's first step is the first in
/// time, a backward sweep's the last.
struct Rows {
    float* at;
    int64 ld;

    /// Element i of row b of those that lie `rows` behind.
    __device__ float* element(int64 rows, int64 b, int64 i) const { return at + (rows + b) * ld + i; }
};

struct Cursor {
    /// A before and what is kept after a forward step, K numbers a hidden unit; h_{t-1} and c_{t-1}, with those of the step B rows behind.
    Rows gates, h, c;
    /// Of a backward sweep only: ∂L/∂h_t; the gradients of A and of P = h_{t-1}·W_hhᵀ.
    Rows dH, dA, dP;
    /// [B], the same rows at every step: the gradient on its way through c.
    Rows carryC;
    /// [B, H] without gaps: what reaches the state before beside the product, for the step after; null for a cell that has no such way.
    float* direct;
    /// Of a forward sweep only.
    const float *biasIh, *biasHh;
    const int* lengths;
    /// Null, or for each row of the first step whether it begins anew there, where it is not 0.
    const int* resets;
    /// From a step's rows to the next one's, in all that belongs to steps: B, or -B in a backward sweep.
    int64 rows;
    /// The absolute number of the first step, which is compared with lengths.
    int64 first;
    /// Of the sweep; what is recorded beyond does nothing.
    int64 steps;
    /// Steps that are done.
    int64 done;
};
