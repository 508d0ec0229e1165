// 16-bit floats: IEEE half and bfloat16, with rounding to nearest even.
#pragma once
#include <cstdint>
#include <cstring>

namespace softgpu::ops {

inline uint32_t bitsOf(float v) {
    uint32_t b;
    memcpy(&b, &v, 4);
    return b;
}
inline float floatOf(uint32_t b) {
    float v;
    memcpy(&v, &b, 4);
    return v;
}

inline float bfloatToFloat(uint16_t h) { return floatOf((uint32_t)h << 16); }

inline uint16_t floatToBfloat(float v) {
    uint32_t b = bitsOf(v);
    if (v != v) return 0x7fff;
    return (uint16_t)((b + 0x7fff + (b >> 16 & 1)) >> 16);
}

inline float halfToFloat(uint16_t h) {
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 0x3ff;
    if (exponent == 31) return floatOf(sign | 0x7f800000 | fraction << 13);
    float magnitude = exponent ? floatOf((exponent + 112) << 23 | fraction << 13) : (float)fraction * 0x1p-24f;
    return floatOf(sign | bitsOf(magnitude));
}

inline uint16_t floatToHalf(float v) {
    uint32_t b = bitsOf(v), sign = b >> 16 & 0x8000, m = b & 0x7fffffff;
    if (m > 0x7f800000) return 0x7fff;
    if (m >= 0x477ff000) return (uint16_t)(sign | 0x7c00);
    if (m < 0x38800000) {  // subnormal half: the float's own rounding does it, in units of 2^-24
        float scaled = floatOf(m) + 0.5f;  // 0.5 has an ulp of 2^-24
        return (uint16_t)(sign | (bitsOf(scaled) - bitsOf(0.5f)));
    }
    uint32_t r = m + 0xfff + (m >> 13 & 1);
    return (uint16_t)(sign | ((r >> 13) - (112 << 10)));
}

}  // namespace softgpu::ops
