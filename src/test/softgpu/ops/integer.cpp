// Integer arithmetic.
#include <algorithm>
#include <type_traits>

#include "ops/families.h"
#include "ops/lanes.h"

namespace softgpu::ops {
namespace {

template <class T>
using Unsigned = std::make_unsigned_t<T>;
template <class T>
struct Double;
template <> struct Double<uint16_t> { using type = uint32_t; };
template <> struct Double<int16_t> { using type = int32_t; };
template <> struct Double<uint32_t> { using type = uint64_t; };
template <> struct Double<int32_t> { using type = int64_t; };
template <> struct Double<uint64_t> { using type = unsigned __int128; };
template <> struct Double<int64_t> { using type = __int128; };
template <class T>
using Wide = typename Double<T>::type;

struct Add { template <class T> static T of(T a, T b) { return (T)((Unsigned<T>)a + (Unsigned<T>)b); } };
struct Sub { template <class T> static T of(T a, T b) { return (T)((Unsigned<T>)a - (Unsigned<T>)b); } };
struct MulLo { template <class T> static T of(T a, T b) { return (T)((uint64_t)(int64_t)a * (uint64_t)(int64_t)b); } };
struct MulHi { template <class T> static T of(T a, T b) { return (T)(((Wide<T>)a * (Wide<T>)b) >> (8 * sizeof(T))); } };
struct MadLo { template <class T> static T of(T a, T b, T c) { return Add::of(MulLo::of(a, b), c); } };
struct MadHi { template <class T> static T of(T a, T b, T c) { return Add::of(MulHi::of(a, b), c); } };
struct Min { template <class T> static T of(T a, T b) { return b < a ? b : a; } };
struct Max { template <class T> static T of(T a, T b) { return a < b ? b : a; } };
struct Neg { template <class T> static T of(T a) { return (T)(0 - (Unsigned<T>)a); } };
struct Abs { template <class T> static T of(T a) { return a < 0 ? Neg::of(a) : a; } };
struct Sad { template <class T> static T of(T a, T b, T c) { return Add::of(c, a < b ? Sub::of(b, a) : Sub::of(a, b)); } };

// Division by zero gives all ones on the hardware, and the remainder the dividend; neither traps.
struct Div {
    template <class T> static T of(T a, T b) {
        if (b == 0) return (T)~(T)0;
        if (std::is_signed_v<T> && b == (T)-1) return Neg::of(a);
        return (T)(a / b);
    }
};
struct Rem {
    template <class T> static T of(T a, T b) {
        if (b == 0) return a;
        if (std::is_signed_v<T> && b == (T)-1) return 0;
        return (T)(a % b);
    }
};

Handler none() { return nullptr; }

template <class F>
Handler signless(const std::string& type) {
    if (type == "u32" || type == "b32") return binary<uint32_t, F>;
    if (type == "s32") return binary<int32_t, F>;
    if (type == "u64" || type == "b64") return binary<uint64_t, F>;
    if (type == "s64") return binary<int64_t, F>;
    if (type == "u16") return binary<uint16_t, F>;
    if (type == "s16") return binary<int16_t, F>;
    return none();
}

template <class F>
Handler triple(const std::string& type) {
    if (type == "u32") return ternary<uint32_t, F>;
    if (type == "s32") return ternary<int32_t, F>;
    if (type == "u64") return ternary<uint64_t, F>;
    if (type == "s64") return ternary<int64_t, F>;
    if (type == "u16") return ternary<uint16_t, F>;
    if (type == "s16") return ternary<int16_t, F>;
    return none();
}

template <class F>
Handler single(const std::string& type) {
    if (type == "s32") return unary<int32_t, F>;
    if (type == "s64") return unary<int64_t, F>;
    if (type == "s16") return unary<int16_t, F>;
    return none();
}

void emitTyped(Builder& b, const ptx::Statement& s, Instruction& i, Handler run, int sources) {
    if (!run) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    emitPlain(b, i, run, ptx::typeBytes(s.parts.back()), sources);
}

template <class F>
void plain(Builder& b, const ptx::Statement& s, Instruction& i) {
    if (isFloatType(s.parts.back())) return lowerFloat(b, s, i);
    if (s.has("cc")) return lowerCarry(b, s, i);
    onlyModifiers(b, s, {s.parts.back().c_str()});
    emitTyped(b, s, i, signless<F>(s.parts.back()), 2);
}

template <class F>
void plainUnary(Builder& b, const ptx::Statement& s, Instruction& i) {
    if (isFloatType(s.parts.back())) return lowerFloat(b, s, i);
    onlyModifiers(b, s, {s.parts.back().c_str()});
    emitTyped(b, s, i, single<F>(s.parts.back()), 1);
}

/** d is twice as wide as a and b. */
template <class T, bool ADD>
void wide(Warp& w, const Instruction& i, Mask active) {
    using W = Wide<T>;
    const T *a = w.at<T>(i.a), *b = w.at<T>(i.b);
    const W* c = ADD ? w.at<W>(i.c) : nullptr;
    eachLane(w.at<W>(i.d), active, [=](int l) {
        W product = (W)a[l] * (W)b[l];
        return ADD ? (W)((Unsigned<W>)product + (Unsigned<W>)c[l]) : product;
    });
}

template <bool ADD>
Handler selectWide(const std::string& type) {
    if (type == "u32") return wide<uint32_t, ADD>;
    if (type == "s32") return wide<int32_t, ADD>;
    if (type == "u16") return wide<uint16_t, ADD>;
    if (type == "s16") return wide<int16_t, ADD>;
    return none();
}

template <bool ADD>
void multiply(Builder& b, const ptx::Statement& s, Instruction& i) {
    const std::string& type = s.parts.back();
    if (isFloatType(type)) return lowerFloat(b, s, i);
    if (s.has("cc")) return lowerCarry(b, s, i);
    onlyModifiers(b, s, {"lo", "hi", "wide", type.c_str()});
    if (!s.has("wide")) {
        if (ADD) return emitTyped(b, s, i, s.has("hi") ? triple<MadHi>(type) : triple<MadLo>(type), 3);
        return emitTyped(b, s, i, s.has("hi") ? signless<MulHi>(type) : signless<MulLo>(type), 2);
    }
    int bytes = ptx::typeBytes(type);
    i.run = selectWide<ADD>(type);
    if (!i.run) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    i.d = b.destination(b.operand(0), 2 * bytes);
    i.a = b.source(b.operand(1), bytes);
    i.b = b.source(b.operand(2), bytes);
    if (ADD) i.c = b.source(b.operand(3), 2 * bytes);
    b.emit(i);
}

void sad(Builder& b, const ptx::Statement& s, Instruction& i) { emitTyped(b, s, i, triple<Sad>(s.parts.back()), 3); }

template <class T, class F>
void toInt(Warp& w, const Instruction& i, Mask active) {
    const T* a = w.at<T>(i.a);
    eachLane(w.at<uint32_t>(i.d), active, [=](int l) { return F::of(a[l]); });
}

struct Popc { template <class T> static uint32_t of(T a) { return (uint32_t)__builtin_popcountll(a); } };
struct Clz {
    template <class T> static uint32_t of(T a) { return a ? (uint32_t)__builtin_clzll(a) - (64 - 8 * sizeof(T)) : 8 * sizeof(T); }
};
template <bool SHIFT>
struct Bfind {
    template <class T> static uint32_t of(T a) {
        if (std::is_signed_v<T> && a < 0) a = (T)~a;
        uint32_t from = Clz::of((Unsigned<T>)a), bits = 8 * sizeof(T);
        return from == bits ? ~0u : SHIFT ? from : bits - 1 - from;
    }
};

template <class F>
void counting(Builder& b, const ptx::Statement& s, Instruction& i) {
    int bytes = ptx::typeBytes(s.parts.back());
    bool isSigned = s.parts.back()[0] == 's';
    if (bytes == 4) i.run = isSigned ? toInt<int32_t, F> : toInt<uint32_t, F>;
    else if (bytes == 8) i.run = isSigned ? toInt<int64_t, F> : toInt<uint64_t, F>;
    else b.fail("'" + s.opcode() + "' is not implemented by the software device");
    i.d = b.destination(b.operand(0), 4);
    i.a = b.source(b.operand(1), bytes);
    b.emit(i);
}

void bfind(Builder& b, const ptx::Statement& s, Instruction& i) {
    if (s.has("shiftamt")) counting<Bfind<true>>(b, s, i);
    else counting<Bfind<false>>(b, s, i);
}

}  // namespace

bool isFloatType(const std::string& type) { return type[0] == 'f' || type.compare(0, 2, "bf") == 0; }

void addInteger(Table& t) {
    t["add"] = plain<Add>;
    t["sub"] = plain<Sub>;
    t["min"] = plain<Min>;
    t["max"] = plain<Max>;
    t["div"] = plain<Div>;
    t["rem"] = plain<Rem>;
    t["neg"] = plainUnary<Neg>;
    t["abs"] = plainUnary<Abs>;
    t["mul"] = multiply<false>;
    t["mad"] = multiply<true>;
    t["sad"] = sad;
    t["popc"] = counting<Popc>;
    t["clz"] = counting<Clz>;
    t["bfind"] = bfind;
}

}  // namespace softgpu::ops
