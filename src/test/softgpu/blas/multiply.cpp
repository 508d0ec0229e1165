#include "blas/multiply.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "common/hash.h"
#include "device/library.h"
#include "ops/half.h"

namespace softgpu::blas {
namespace {

typedef float Vector __attribute__((vector_size(32), aligned(4)));

constexpr int64_t ROWS = 16, COLUMNS = 6;                         // of the register tile
constexpr int64_t ROW_BLOCK = 128, DEPTH = 256, COLUMN_BLOCK = 1536;  // packed A in L2, a panel of B in L1

struct AsIs { static float read(const void* p, int64_t k) { return ((const float*)p)[k]; } };
struct AsTf32 {
    static float read(const void* p, int64_t k) {
        uint32_t b = ops::bitsOf(((const float*)p)[k]);
        return (b & 0x7f800000) == 0x7f800000 ? ops::floatOf(b) : ops::floatOf((b + 0xfff + (b >> 13 & 1)) & 0xffffe000);
    }
};
struct AsBfloat {
    static float read(const void* p, int64_t k) { return ops::bfloatToFloat(ops::floatToBfloat(((const float*)p)[k])); }
};
struct IsBfloat { static float read(const void* p, int64_t k) { return ops::bfloatToFloat(((const uint16_t*)p)[k]); } };
struct IsHalf { static float read(const void* p, int64_t k) { return ops::halfToFloat(((const uint16_t*)p)[k]); } };

/**
 * Panels of `width` rows (of A) or columns (of B), zeros beyond the edge: for each step of the depth, `width` values.
 * `across` is the distance of neighbours within a panel, `along` that of steps of the depth.
 */
template <class R>
void pack(const void* from, int64_t across, int64_t along, int64_t count, int64_t depth, int64_t width, float* to) {
    for (int64_t p = 0; p < count; p += width, to += width * depth) {
        int64_t full = std::min(width, count - p);
        if (across == 1) {
            for (int64_t k = 0; k < depth; k++) {
                for (int64_t i = 0; i < full; i++) to[k * width + i] = R::read(from, (p + i) + k * along);
                for (int64_t i = full; i < width; i++) to[k * width + i] = 0;
            }
        } else {
            for (int64_t i = 0; i < width; i++)
                for (int64_t k = 0; k < depth; k++) to[k * width + i] = i < full ? R::read(from, (p + i) * across + k * along) : 0;
        }
    }
}

void tile(int64_t depth, const float* a, const float* b, float (&result)[COLUMNS][ROWS]) {
    Vector sum[COLUMNS][2] = {};
    for (int64_t k = 0; k < depth; k++, a += ROWS, b += COLUMNS) {
        Vector low = *(const Vector*)a, high = *(const Vector*)(a + 8);
#pragma GCC unroll 6
        for (int j = 0; j < COLUMNS; j++) {
            Vector factor = {b[j], b[j], b[j], b[j], b[j], b[j], b[j], b[j]};
            sum[j][0] = factor * low + sum[j][0];
            sum[j][1] = factor * high + sum[j][1];
        }
    }
    memcpy(result, sum, sizeof sum);
}

void put(const float (&t)[COLUMNS][ROWS], int64_t rows, int64_t columns, float alpha, float beta, float* c, int64_t ldc) {
    for (int64_t j = 0; j < columns; j++)
        for (int64_t i = 0; i < rows; i++) {
            float& at = c[i + j * ldc];
            at = beta == 0 ? alpha * t[j][i] : alpha * t[j][i] + beta * at;
        }
}

void scale(const Product& p) {
    for (int64_t j = 0; j < p.n; j++)
        for (int64_t i = 0; i < p.m; i++) p.c[i + j * p.ldc] = p.beta == 0 ? 0 : p.beta * p.c[i + j * p.ldc];
}

/**
 * Perturbed, sums are split into up to 16 parts, added from either end, by what a library may choose its kernel by: the product's shape,
 * the distances of its columns, and whether addresses are aligned to vectors.
 */
struct Split {
    int64_t depth, parts, k;
    bool backwards = false;

    explicit Split(const Product& p) : depth(std::min(DEPTH, p.k)), k(p.k) {
        if (uint64_t h = library::perturbation()) {
            for (int64_t v : {p.m, p.n, p.k, p.lda, p.ldb, p.ldc, (int64_t)p.transposeA, (int64_t)p.transposeB}) h = hash(h, (uint64_t)v);
            for (const void* address : {p.a, p.b, (const void*)p.c}) h = hash(h, (uint64_t)address % 16);
            int64_t wanted = 1 + (int64_t)(h % 16);
            depth = std::min(depth, (k + wanted - 1) / wanted);
            backwards = h >> 32 & 1;
        }
        parts = (k + depth - 1) / depth;
    }
    int64_t begin(int64_t q) const { return (backwards ? parts - 1 - q : q) * depth; }
};

template <class R>
void blocked(const Product& p) {
    static thread_local std::vector<float> packedA, packedB;
    packedA.resize((size_t)(ROW_BLOCK * DEPTH));
    packedB.resize((size_t)((COLUMN_BLOCK + COLUMNS) * DEPTH));
    const int64_t rowA = p.transposeA ? p.lda : 1, depthA = p.transposeA ? 1 : p.lda;
    const int64_t columnB = p.transposeB ? 1 : p.ldb, depthB = p.transposeB ? p.ldb : 1;
    const int bytes = elementBytes(p.element);
    const Split split(p);
    float t[COLUMNS][ROWS];
    for (int64_t jb = 0; jb < p.n; jb += COLUMN_BLOCK) {
        int64_t columns = std::min(COLUMN_BLOCK, p.n - jb);
        for (int64_t q = 0; q < split.parts; q++) {
            int64_t kb = split.begin(q), depth = std::min(split.depth, p.k - kb);
            float beta = q == 0 ? p.beta : 1;
            pack<R>((const char*)p.b + (jb * columnB + kb * depthB) * bytes, columnB, depthB, columns, depth, COLUMNS, packedB.data());
            for (int64_t ib = 0; ib < p.m; ib += ROW_BLOCK) {
                int64_t rows = std::min(ROW_BLOCK, p.m - ib);
                pack<R>((const char*)p.a + (ib * rowA + kb * depthA) * bytes, rowA, depthA, rows, depth, ROWS, packedA.data());
                for (int64_t j = 0; j < columns; j += COLUMNS)
                    for (int64_t i = 0; i < rows; i += ROWS) {
                        tile(depth, &packedA[(size_t)(i * depth)], &packedB[(size_t)(j * depth)], t);
                        put(t, std::min(ROWS, rows - i), std::min(COLUMNS, columns - j), p.alpha, beta, p.c + ib + i + (jb + j) * p.ldc, p.ldc);
                    }
            }
        }
    }
}

}  // namespace

void multiply(const Product& p) {
    if (p.alpha == 0 || p.k == 0) return scale(p);
    switch (p.element) {
        case Element::Float: return blocked<AsIs>(p);
        case Element::FloatAsTf32: return blocked<AsTf32>(p);
        case Element::FloatAsBfloat: return blocked<AsBfloat>(p);
        case Element::Bfloat: return blocked<IsBfloat>(p);
        case Element::Half: return blocked<IsHalf>(p);
    }
}

}  // namespace softgpu::blas
