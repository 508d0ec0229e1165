#include "cell.cuh"

/// h = tanh(a).
struct Tanh : Cell<1> {
    static __device__ void forward(float (&x)[KEPT], float& h, float& c) { h = x[0] = tanhf(x[0]); }

    static __device__ void backward(float (&x)[KEPT], Backward& s) { x[0] = s.dH * (1 - x[0] * x[0]); }
};

CELL_KERNELS(tanh, Tanh)
