#include "../../../kernels/cell.cuh"

/// A minimal gated unit (Zhou et al., 2016), its gate behind the product: f = σ(a), q = P_n + b_hn, n = tanh(A_n + b_in + f·q),
/// h = (1-f)·h_{t-1} + f·n. Kept: f, n, q.
struct Minimal : Cell<2, 1, false, true> {
    enum { F, N, Q };

    static __device__ void forward(float (&x)[KEPT], float& h, float& c) {
        x[F] = sigmoid(x[F]);
        x[N] = tanhf(x[N] + x[F] * x[Q]);
        h = h + x[F] * (x[N] - h);
    }

    static __device__ void backward(float (&x)[KEPT], Backward& s) {
        float f = x[F], n = x[N];
        x[N] = s.dH * f * (1 - n * n);
        x[F] = (s.dH * (n - s.h) + x[N] * x[Q]) * f * (1 - f);
        x[Q] = x[N] * f;
        s.direct = s.dH * (1 - f);
    }
};

CELL_KERNELS(minimal, Minimal)
