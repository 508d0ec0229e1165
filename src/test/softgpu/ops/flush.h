// Flushing of subnormal floats to zero, as the modifier .ftz asks.
#pragma once
#include <cstdint>
#include <cstring>

namespace softgpu::ops {

inline float flush(float a) {
    uint32_t bits;
    memcpy(&bits, &a, 4);
    bits = bits & 0x7f800000u ? bits : bits & 0x80000000u;
    memcpy(&a, &bits, 4);
    return a;
}
}  // namespace softgpu::ops
