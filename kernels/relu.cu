#include "cell.cuh"

/// h = max(0, a). NaN stays NaN: fmaxf would hide it.
struct Relu : Cell<1> {
    static __device__ void forward(float (&x)[KEPT], float& h, float& c) { h = x[0] = x[0] <= 0 ? 0 : x[0]; }

    static __device__ void backward(float (&x)[KEPT], Backward& s) { x[0] = x[0] > 0 ? s.dH : 0; }
};

CELL_KERNELS(relu, Relu)
