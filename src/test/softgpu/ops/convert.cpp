// cvt: conversions between integer, float and half types, with rounding and saturation.
#include <cmath>
#include <limits>
#include <type_traits>

#include "ops/families.h"
#include "ops/half.h"
#include "ops/lanes.h"

namespace softgpu::ops {
namespace {

struct Half { uint16_t bits; };
struct Bfloat { uint16_t bits; };

/** extra: rounding to an integer, saturation, flushing; the widths of the registers lie above. */
enum : uint32_t { NEAREST = 1, TOWARDS_ZERO = 2, DOWNWARD = 3, UPWARD = 4, ROUNDING = 7, SATURATE = 8, FLUSH = 16 };

inline float widen(Half h) { return halfToFloat(h.bits); }
inline float widen(Bfloat h) { return bfloatToFloat(h.bits); }
template <class S>
inline S widen(S v) { return v; }

template <class F>
inline F rounded(F v, uint32_t mode) {
    switch (mode & ROUNDING) {
        case NEAREST: return std::nearbyint(v);
        case TOWARDS_ZERO: return std::trunc(v);
        case DOWNWARD: return std::floor(v);
        case UPWARD: return std::ceil(v);
        default: return v;
    }
}

/** Out of range goes to the nearest value there is, NaN to zero. */
template <class D, class F>
inline D toInteger(F v) {
    using L = std::numeric_limits<D>;
    if (v != v) return 0;
    if (v <= (F)L::min()) return L::min();
    if (v >= (F)L::max()) return L::max();
    return (D)v;
}

template <class D, class S>
inline D clampInteger(S v) {
    using L = std::numeric_limits<D>;
    __int128 wide = v;
    return wide < (__int128)L::min() ? L::min() : wide > (__int128)L::max() ? L::max() : (D)v;
}

template <class D, class S>
inline D convert(S raw, uint32_t mode) {
    auto v = widen(raw);
    using V = decltype(v);
    if constexpr (std::is_same_v<D, Half>) {
        return {floatToHalf((float)v)};
    } else if constexpr (std::is_same_v<D, Bfloat>) {
        return {floatToBfloat((float)v)};
    } else if constexpr (std::is_floating_point_v<V>) {
        if (mode & FLUSH && std::is_same_v<V, float> && std::fabs(v) < (V)0x1p-126f) v = std::copysign((V)0, v);
        v = rounded(v, mode);
        if constexpr (std::is_integral_v<D>) {
            return toInteger<D>(v);
        } else {
            D d = (D)v;
            return mode & SATURATE ? (d > 0 ? (d < 1 ? d : (D)1) : (D)0) : d;
        }
    } else if constexpr (std::is_integral_v<D>) {
        return mode & SATURATE ? clampInteger<D>(v) : (D)v;
    } else {
        return (D)v;
    }
}

/** The register may be wider than the type: signed results extend their sign. */
template <class D>
inline void store(uint8_t* at, D v, uint32_t width) {
    if (width == sizeof(D)) {
        memcpy(at, &v, sizeof(D));
    } else if constexpr (std::is_integral_v<D>) {
        int64_t wide = (int64_t)v;
        memcpy(at, &wide, width);
    } else {
        memset(at, 0, width);
        memcpy(at, &v, sizeof(D));
    }
}

template <class D, class S>
void cvt(Warp& w, const Instruction& i, Mask active) {
    const uint32_t mode = i.extra;
    if (i.width == sizeof(S) && i.count == sizeof(D)) {
        const S* a = w.at<S>(i.a);
        return eachLane(w.at<D>(i.d), active, [=](int l) { return convert<D>(a[l], mode); });
    }
    for (int l = 0; l < LANES; l++) {
        if (!(active >> l & 1)) continue;
        S v;
        memcpy(&v, w.at<uint8_t>(i.a) + l * i.width, sizeof(S));
        store(w.at<uint8_t>(i.d) + l * i.count, convert<D>(v, mode), i.count);
    }
}

template <class D>
Handler from(const std::string& type) {
    if (type == "u8") return cvt<D, uint8_t>;
    if (type == "s8") return cvt<D, int8_t>;
    if (type == "u16") return cvt<D, uint16_t>;
    if (type == "s16") return cvt<D, int16_t>;
    if (type == "u32") return cvt<D, uint32_t>;
    if (type == "s32") return cvt<D, int32_t>;
    if (type == "u64") return cvt<D, uint64_t>;
    if (type == "s64") return cvt<D, int64_t>;
    if (type == "f32") return cvt<D, float>;
    if (type == "f64") return cvt<D, double>;
    if (type == "f16") return cvt<D, Half>;
    if (type == "bf16") return cvt<D, Bfloat>;
    return nullptr;
}

Handler select(const std::string& to, const std::string& type) {
    if (to == "u8") return from<uint8_t>(type);
    if (to == "s8") return from<int8_t>(type);
    if (to == "u16") return from<uint16_t>(type);
    if (to == "s16") return from<int16_t>(type);
    if (to == "u32") return from<uint32_t>(type);
    if (to == "s32") return from<int32_t>(type);
    if (to == "u64") return from<uint64_t>(type);
    if (to == "s64") return from<int64_t>(type);
    if (to == "f32") return from<float>(type);
    if (to == "f64") return from<double>(type);
    if (to == "f16") return from<Half>(type);
    if (to == "bf16") return from<Bfloat>(type);
    return nullptr;
}

/** `cvt.rn.bf16x2.f32 d, a, b`: a in the upper half. */
template <bool BFLOAT>
void packHalves(Warp& w, const Instruction& i, Mask active) {
    const float *a = w.at<float>(i.a), *b = w.at<float>(i.b);
    eachLane(w.at<uint32_t>(i.d), active, [=](int l) {
        uint32_t hi = BFLOAT ? floatToBfloat(a[l]) : floatToHalf(a[l]), lo = BFLOAT ? floatToBfloat(b[l]) : floatToHalf(b[l]);
        return hi << 16 | lo;
    });
}

uint32_t rounding(Builder& b, const ptx::Statement& s, const std::string& to, const std::string& type) {
    if (s.has("rni")) return NEAREST;
    if (s.has("rzi")) return TOWARDS_ZERO;
    if (s.has("rmi")) return DOWNWARD;
    if (s.has("rpi")) return UPWARD;
    bool narrowing = isFloatType(to) && (!isFloatType(type) || ptx::typeBytes(to) < ptx::typeBytes(type));
    if (narrowing && !s.has("rn")) b.fail("'" + s.opcode() + "': only rounding to nearest is implemented");
    return 0;
}

void lowerCvt(Builder& b, const ptx::Statement& s, Instruction& i) {
    const std::string &to = s.parts[s.parts.size() - 2], &type = s.parts.back();
    onlyModifiers(b, s, {"rn", "rni", "rzi", "rmi", "rpi", "sat", "ftz", to.c_str(), type.c_str()});
    if (type == "f32" && (to == "bf16x2" || to == "f16x2"))
        return emitPlain(b, i, to == "bf16x2" ? packHalves<true> : packHalves<false>, 4, 2);
    i.run = select(to, type);
    if (!i.run) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    i.extra = rounding(b, s, to, type) | (s.has("sat") ? SATURATE : 0u) | (s.has("ftz") ? FLUSH : 0u);
    int fromBytes = b.width(b.operand(1)), toBytes = b.width(b.operand(0));
    if (!fromBytes) fromBytes = ptx::typeBytes(type);
    if (fromBytes < ptx::typeBytes(type) || toBytes < ptx::typeBytes(to)) b.fail("a register is too narrow");
    i.d = b.destination(b.operand(0), toBytes);
    i.a = b.source(b.operand(1), fromBytes);
    i.width = (uint8_t)fromBytes;
    i.count = (uint8_t)toBytes;
    b.emit(i);
}

}  // namespace

void addConvert(Table& t) { t["cvt"] = lowerCvt; }

}  // namespace softgpu::ops
