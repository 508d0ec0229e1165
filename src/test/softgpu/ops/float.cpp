// Floating-point arithmetic. The results of the .approx functions are those of the C library, which lie within the
// documented error of the hardware's; they are not its bits.
#include <cmath>
#include <cstring>
#include <limits>

#include "common/hash.h"
#include "device/library.h"
#include "ops/families.h"
#include "ops/flush.h"
#include "ops/lanes.h"

namespace softgpu::ops {
namespace {

struct FAdd { template <class T> static T of(T a, T b) { return a + b; } };
struct FSub { template <class T> static T of(T a, T b) { return a - b; } };
struct FMul { template <class T> static T of(T a, T b) { return a * b; } };
struct FDiv { template <class T> static T of(T a, T b) { return a / b; } };
struct FFma { template <class T> static T of(T a, T b, T c) { return std::fma(a, b, c); } };
// The operand that is a number wins; of two zeros the positive one is the larger.
struct FMin {
    template <class T> static T of(T a, T b) {
        if (a != a) return b;
        if (b != b) return a;
        return a < b || (a == b && std::signbit(a)) ? a : b;
    }
};
struct FMax {
    template <class T> static T of(T a, T b) {
        if (a != a) return b;
        if (b != b) return a;
        return a > b || (a == b && !std::signbit(a)) ? a : b;
    }
};
struct FNeg { template <class T> static T of(T a) { return -a; } };
struct FAbs { template <class T> static T of(T a) { return std::fabs(a); } };
struct Copysign { template <class T> static T of(T a, T b) { return std::copysign(b, a); } };
struct Rcp { template <class T> static T of(T a) { return (T)1 / a; } };
struct Sqrt { template <class T> static T of(T a) { return std::sqrt(a); } };
struct Rsqrt { template <class T> static T of(T a) { return (T)(1.0 / std::sqrt((double)a)); } };
struct Ex2 { template <class T> static T of(T a) { return std::exp2(a); } };
struct Lg2 { template <class T> static T of(T a) { return std::log2(a); } };
struct Sin { template <class T> static T of(T a) { return std::sin(a); } };
struct Cos { template <class T> static T of(T a) { return std::cos(a); } };
struct Tanh { template <class T> static T of(T a) { return std::tanh(a); } };

template <class F>
struct Ftz {
    static float of(float a) { return flush(F::of(flush(a))); }
    static float of(float a, float b) { return flush(F::of(flush(a), flush(b))); }
    static float of(float a, float b, float c) { return flush(F::of(flush(a), flush(b), flush(c))); }
};
/** NaN becomes zero. */
template <class F>
struct Sat {
    static float clamp(float a) { return a > 0 ? (a < 1 ? a : 1.0f) : 0.0f; }
    static float of(float a, float b) { return clamp(F::of(a, b)); }
    static float of(float a, float b, float c) { return clamp(F::of(a, b, c)); }
};

/** Directed rounding: the nearest float is moved by one if it lies on the wrong side of the exact sum + error. */
enum Direction { DOWN, UP, ZERO };
template <Direction D>
float directed(float nearest, double sum, double error) {
    if (nearest != nearest || std::isinf(nearest)) return nearest;
    double beyond = (double)nearest != sum ? (double)nearest - sum : -error;
    bool negative = sum < 0 || (sum == 0 && error < 0);
    const float infinity = std::numeric_limits<float>::infinity();
    if (beyond > 0 && (D == DOWN || (D == ZERO && !negative))) return std::nextafterf(nearest, -infinity);
    if (beyond < 0 && (D == UP || (D == ZERO && negative))) return std::nextafterf(nearest, infinity);
    return nearest;
}
/** a b + c: the product of two floats is exact as a double, and so is the sum with its error. */
template <Direction D>
struct FmaTo {
    static float of(float a, float b, float c) {
        double product = (double)a * b, sum = product + c, back = sum - product;
        double error = (product - (sum - back)) + (c - back);
        return directed<D>(std::fma(a, b, c), sum, error);
    }
};
template <Direction D> struct AddTo { static float of(float a, float b) { return FmaTo<D>::of(a, 1, b); } };
template <Direction D> struct MulTo { static float of(float a, float b) { return directed<D>(a * b, (double)a * b, 0); } };

/**
 * What another device may have of an .approx function: the exact value moved by up to HALVES half units in the last place and then
 * rounded, always the same for the same operands.
 */
template <class F, int HALVES>
struct Moved {
    static uint32_t bits(float a) {
        uint32_t b;
        memcpy(&b, &a, 4);
        return b;
    }
    static float move(float nearest, double exact, uint64_t h) {
        if (!std::isnormal(nearest)) return nearest;
        double share = (double)(int64_t)h * 0x1p-63;
        return (float)(exact + share * HALVES * std::ldexp(0.5, std::ilogb(nearest) - 23));
    }
    static float of(float a) {
        return a == 0 ? F::of(a) : move(F::of(a), F::of((double)a), hash(library::perturbation(), bits(a)));
    }
    static float of(float a, float b) {
        return move(F::of(a, b), F::of((double)a, (double)b), hash(hash(library::perturbation(), bits(a)), bits(b)));
    }
};
template <Handler EXACT, Handler MOVED>
void either(Warp& w, const Instruction& i, Mask active) {
    (library::perturbation() ? MOVED : EXACT)(w, i, active);
}

using Selector = Handler (*)(bool single, bool ftz, bool sat);

template <class F>
Handler selectBinary(bool single, bool ftz, bool sat) {
    if (!single) return binary<double, F>;
    if (sat) return ftz ? binary<float, Sat<Ftz<F>>> : binary<float, Sat<F>>;
    return ftz ? binary<float, Ftz<F>> : binary<float, F>;
}
template <class F>
Handler selectTernary(bool single, bool ftz, bool sat) {
    if (!single) return ternary<double, F>;
    if (sat) return ftz ? ternary<float, Sat<Ftz<F>>> : ternary<float, Sat<F>>;
    return ftz ? ternary<float, Ftz<F>> : ternary<float, F>;
}
/** Library functions are called for active lanes only. */
template <class T, class F>
void costly(Warp& w, const Instruction& i, Mask active) {
    const T* a = w.at<T>(i.a);
    T* d = w.at<T>(i.d);
    for (int l = 0; l < LANES; l++)
        if (active >> l & 1) d[l] = F::of(a[l]);
}
template <class F>
Handler selectUnary(bool single, bool ftz, bool) {
    if (!single) return unary<double, F>;
    return ftz ? unary<float, Ftz<F>> : unary<float, F>;
}
template <class F>
Handler selectCostly(bool single, bool ftz, bool) {
    if (!single) return costly<double, F>;
    return ftz ? costly<float, Ftz<F>> : costly<float, F>;
}

struct Entry {
    Selector select;
    int sources;
};

const std::map<std::string, Entry>& entries() {
    static const std::map<std::string, Entry> all = {
        {"add", {selectBinary<FAdd>, 2}},   {"sub", {selectBinary<FSub>, 2}},   {"mul", {selectBinary<FMul>, 2}},
        {"div", {selectBinary<FDiv>, 2}},   {"min", {selectBinary<FMin>, 2}},   {"max", {selectBinary<FMax>, 2}},
        {"fma", {selectTernary<FFma>, 3}},  {"mad", {selectTernary<FFma>, 3}},  {"neg", {selectUnary<FNeg>, 1}},
        {"abs", {selectUnary<FAbs>, 1}},    {"rcp", {selectUnary<Rcp>, 1}},     {"sqrt", {selectUnary<Sqrt>, 1}},
        {"rsqrt", {selectUnary<Rsqrt>, 1}}, {"ex2", {selectCostly<Ex2>, 1}},    {"lg2", {selectCostly<Lg2>, 1}},
        {"sin", {selectCostly<Sin>, 1}},    {"cos", {selectCostly<Cos>, 1}},    {"tanh", {selectCostly<Tanh>, 1}},
        {"copysign", {selectBinary<Copysign>, 2}}};
    return all;
}

template <Direction D>
Handler selectDirected(const std::string& opcode, bool ftz) {
    if (opcode == "add") return ftz ? binary<float, Ftz<AddTo<D>>> : binary<float, AddTo<D>>;
    if (opcode == "mul") return ftz ? binary<float, Ftz<MulTo<D>>> : binary<float, MulTo<D>>;
    if (opcode == "fma") return ftz ? ternary<float, Ftz<FmaTo<D>>> : ternary<float, FmaTo<D>>;
    return nullptr;
}

/**
 * Those that our kernels use, with the guide's greatest errors less the half unit of rounding: rcp 1 unit, ex2 2 units (2^-22), div 2
 * units. Null for others, which are not moved.
 */
Handler selectMoved(const std::string& opcode, bool ftz) {
    if (opcode == "rcp")
        return ftz ? either<unary<float, Ftz<Rcp>>, unary<float, Ftz<Moved<Rcp, 1>>>> : either<unary<float, Rcp>, unary<float, Moved<Rcp, 1>>>;
    if (opcode == "ex2")
        return ftz ? either<costly<float, Ftz<Ex2>>, costly<float, Ftz<Moved<Ex2, 3>>>> : either<costly<float, Ex2>, costly<float, Moved<Ex2, 3>>>;
    if (opcode == "div")
        return ftz ? either<binary<float, Ftz<FDiv>>, binary<float, Ftz<Moved<FDiv, 3>>>> : either<binary<float, FDiv>, binary<float, Moved<FDiv, 3>>>;
    return nullptr;
}

}  // namespace

void lowerFloat(Builder& b, const ptx::Statement& s, Instruction& i) {
    const std::string& type = s.parts.back();
    onlyModifiers(b, s, {"rn", "rz", "rm", "rp", "ftz", "sat", "approx", "full", "f32", "f64"});
    const Entry& entry = entries().at(s.parts[0]);
    bool single = type == "f32";
    Handler run = entry.select(single, s.has("ftz"), s.has("sat"));
    if (single && (s.has("approx") || s.has("full")) && !s.has("sat"))
        if (Handler moved = selectMoved(s.parts[0], s.has("ftz"))) run = moved;
    if (s.has("rm") || s.has("rp") || s.has("rz")) {
        auto select = s.has("rm") ? selectDirected<DOWN> : s.has("rp") ? selectDirected<UP> : selectDirected<ZERO>;
        run = select(s.parts[0], s.has("ftz"));
        if (!single || !run || s.has("sat"))
            b.fail("'" + s.opcode() + "' is not implemented by the software device");
    }
    emitPlain(b, i, run, single ? 4 : 8, entry.sources);
}

void addFloat(Table& t) {
    for (auto name : {"fma", "rcp", "sqrt", "rsqrt", "ex2", "lg2", "sin", "cos", "tanh", "copysign"}) t[name] = lowerFloat;
}

}  // namespace softgpu::ops
