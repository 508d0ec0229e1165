#include "common.cuh"

/// The bfloat16 nearest to x, of two equally near ones the even. Beyond the largest lies infinity; what is NaN stays NaN, quiet.
/// By integers, because Turing, which the PTX is for, has no instruction for it.
__device__ inline unsigned bf16(float x) {
    unsigned bits = __float_as_uint(x);
    bool isNan = (bits & 0x7fffffff) > 0x7f800000;
    unsigned nearest = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return isNan ? bits >> 16 | 0x40 : nearest;
}

/// to[r, j] = bf16(from[r, j]), two to a word, the lower column in the lower half. from [R, N] in; to [R, ⌈N/2⌉] out, in words;
/// beside an odd last column stands zero.
extern "C" __global__ void to_bf16(const float* from, int64 ldFrom, unsigned* to, int64 ldTo, int64 R, int64 N) {
    int64 words = (N + 1) / 2;
#pragma unroll 1
    for (int64 r = firstRow(); r < R; r += rowStep()) {
#pragma unroll 1
        for (int64 w = firstCol(); w < words; w += colStep()) {
            const float* pair = from + r * ldFrom + 2 * w;
            unsigned second = 2 * w + 1 < N ? bf16(pair[1]) : 0;
            to[r * ldTo + w] = bf16(pair[0]) | second << 16;
        }
    }
}
