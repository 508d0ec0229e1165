#include "cell.cuh"

/// r, z = σ(a), q = P_n + b_hn, n = tanh(A_n + b_in + r·q), h = (1-z)·n + z·h_{t-1}. Kept: r, z, n, q.
struct Gru : Cell<3, 1, false, true> {
    enum { R, Z, N, Q };

    static __device__ void forward(float (&x)[KEPT], float& h, float& c) {
        x[R] = sigmoid(x[R]);
        x[Z] = sigmoid(x[Z]);
        x[N] = tanhf(x[N] + x[R] * x[Q]);
        h = x[N] + x[Z] * (h - x[N]);
    }

    static __device__ void backward(float (&x)[KEPT], Backward& s) {
        float r = x[R], z = x[Z], n = x[N];
        x[N] = s.dH * (1 - z) * (1 - n * n);
        x[Z] = s.dH * (s.h - n) * z * (1 - z);
        x[R] = x[N] * x[Q] * r * (1 - r);
        x[Q] = x[N] * r;
        s.direct = s.dH * z;
    }
};

CELL_KERNELS(gru, Gru)
