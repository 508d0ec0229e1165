// Where a recurrent sweep stands. It lies in device memory, so that launches which were recorded once serve every stretch of every
// sweep of a shape: their own arguments never change.
#pragma once
#include "common.cuh"

struct Cursor {
    /// The rows that a step overwrites, those of the sweep's first step here: A and h_{t+1}, or ∂L/∂h_{t+1} and δ_t.
    float* x;
    /// Its stride, and the way to the next step's, which is negative in a backward sweep.
    int64 ldX, stepX;
    /// The rows that a step reads: none, or h_{t+1}.
    const float* y;
    int64 ldY, stepY;
    /// Of a forward sweep only.
    const float *biasIh, *biasHh;
    const int* lengths;
    /// [B], those of the step, or null; and the way to the next step's. Where one is not 0, the row begins anew with the step.
    const int* resets;
    int64 stepResets;
    /// The absolute number of the first step, which is compared with lengths.
    int64 t;
    /// Steps from here to the end of the sweep; what is recorded beyond does nothing.
    int64 left;
};
