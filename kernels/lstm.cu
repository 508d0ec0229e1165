#include "cell.cuh"

/// i, f, o = σ(a), g = tanh(a), c = f·c_{t-1} + i·g, h = o·tanh(c). Kept: i, f, g, o.
struct Lstm : Cell<4, 0, true> {
    enum { I, F, G, O };

    static __device__ float ended(int k) { return k == F ? 1 : 0; }

    static __device__ void forward(float (&x)[KEPT], float& h, float& c) {
        x[I] = sigmoid(x[I]);
        x[F] = sigmoid(x[F]);
        x[G] = tanhf(x[G]);
        x[O] = sigmoid(x[O]);
        c = x[F] * c + x[I] * x[G];
        h = x[O] * tanhf(c);
    }

    static __device__ void backward(float (&x)[KEPT], Backward& s) {
        float i = x[I], f = x[F], g = x[G], o = x[O];
        float tanhC = tanhf(s.cNow);
        float dC = s.dC + s.dH * o * (1 - tanhC * tanhC);
        x[I] = dC * g * i * (1 - i);
        x[F] = dC * s.c * f * (1 - f);
        x[G] = dC * i * (1 - g * g);
        x[O] = s.dH * tanhC * o * (1 - o);
        s.dC = dC * f;
    }
};

CELL_KERNELS(lstm, Lstm)
