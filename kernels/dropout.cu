#include "common.cuh"

/// Four random numbers, c, from a counter, c, and a key: Philox4x32-10 (Salmon et al. 2011).
__device__ inline void philox(unsigned c[4], unsigned k0, unsigned k1) {
#pragma unroll
    for (int round = 0; round < 10; round++) {
        unsigned long long p = (unsigned long long)0xD2511F53u * c[0];
        unsigned long long q = (unsigned long long)0xCD9E8D57u * c[2];
        c[0] = (unsigned)(q >> 32) ^ c[1] ^ k0;
        c[1] = (unsigned)q;
        c[2] = (unsigned)(p >> 32) ^ c[3] ^ k1;
        c[3] = (unsigned)p;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

/// to[r, j] = from[r, j]·scale, or 0 where number (first + r, j) is below threshold: word (first + r) mod 4 of the counter (j, (first + r)/4, layer).
/// from [R, N] in; to [R, N] out, may be the memory of from. The grid is over [groups of rows, N].
extern "C" __global__ void dropout(
    const float* from, int64 ldFrom, float* to, int64 ldTo, int64 R, int64 N, int64 first, int64 key, int64 layer,
    int64 threshold, float scale) {
    int64 firstGroup = first / 4;
    int64 groups = (first + R - 1) / 4 - firstGroup + 1;
#pragma unroll 1
    for (int64 g = firstRow(); g < groups; g += rowStep()) {
        int64 group = firstGroup + g;
        int64 row = group * 4 - first;
#pragma unroll 1
        for (int64 j = firstCol(); j < N; j += colStep()) {
            unsigned c[4] = {(unsigned)j, (unsigned)group, (unsigned)(group >> 32), (unsigned)layer};
            philox(c, (unsigned)key, (unsigned)(key >> 32));
#pragma unroll
            for (int word = 0; word < 4; word++) {
                int64 r = row + word;
                if (r >= 0 && r < R) {
                    to[r * ldTo + j] = c[word] < (unsigned)threshold ? 0 : from[r * ldFrom + j] * scale;
                }
            }
        }
    }
}
