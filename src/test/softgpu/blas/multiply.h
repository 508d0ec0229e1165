// The matrix product itself, on the host's processor.
#pragma once
#include <cstdint>

namespace softgpu::blas {

/** How an element is read: as it is, or rounded to what a reduced-precision mode would feed its multipliers. */
enum class Element { Float, FloatAsTf32, FloatAsBfloat, Bfloat, Half };

inline int elementBytes(Element e) { return e == Element::Bfloat || e == Element::Half ? 2 : 4; }

struct Product {
    bool transposeA, transposeB;
    int64_t m, n, k;
    Element element;
    const void *a, *b;
    int64_t lda, ldb;
    float alpha, beta;
    float* c;
    int64_t ldc;
};

/**
 * C[m,n] = alpha op(A) op(B) + beta C, column by column, accumulated in float32 in an order that depends on the sizes alone.
 * With beta = 0, C is not read; with alpha = 0, A and B are not.
 */
void multiply(const Product& p);

}  // namespace softgpu::blas
