// setp, selp, slct, testp: comparisons, and selection by them.
#include <cmath>
#include <map>

#include "ops/families.h"
#include "ops/flush.h"
#include "ops/lanes.h"

namespace softgpu::ops {
namespace {

struct Eq { template <class T> static bool of(T a, T b) { return a == b; } };
struct Ne { template <class T> static bool of(T a, T b) { return a < b || a > b; } };  // ordered: false for NaN
struct Lt { template <class T> static bool of(T a, T b) { return a < b; } };
struct Le { template <class T> static bool of(T a, T b) { return a <= b; } };
struct Gt { template <class T> static bool of(T a, T b) { return a > b; } };
struct Ge { template <class T> static bool of(T a, T b) { return a >= b; } };
struct Num { template <class T> static bool of(T a, T b) { return a == a && b == b; } };
template <class F>
struct Not { template <class T> static bool of(T a, T b) { return !F::of(a, b); } };

template <class F>
struct Flushed { static bool of(float a, float b) { return F::of(flush(a), flush(b)); } };

/** extra: how the result joins predicate c. */
enum Join { ALONE, AND, OR, XOR };

template <class T, class F>
void setp(Warp& w, const Instruction& i, Mask active) {
    const T *a = w.at<T>(i.a), *b = w.at<T>(i.b);
    Mask truth = 0;
    for (int l = 0; l < LANES; l++) truth |= (Mask)F::of(a[l], b[l]) << l;
    Mask other = i.extra == ALONE ? 0 : w.predicate(i.c);
    auto join = [&](Mask v) { return i.extra == AND ? v & other : i.extra == OR ? v | other : i.extra == XOR ? v ^ other : v; };
    Mask& d = *w.at<Mask>(i.d);
    Mask second = join(~truth);
    d = (d & ~active) | (join(truth) & active);
    if (i.e != NOWHERE) {
        Mask& q = *w.at<Mask>(i.e);
        q = (q & ~active) | (second & active);
    }
}

template <class F>
Handler byType(const std::string& type, bool isFloat) {
    if (type == "ftz") return setp<float, Flushed<F>>;
    if (isFloat) return type == "f32" ? setp<float, F> : type == "f64" ? setp<double, F> : nullptr;
    if (type == "s32") return setp<int32_t, F>;
    if (type == "u32" || type == "b32") return setp<uint32_t, F>;
    if (type == "s64") return setp<int64_t, F>;
    if (type == "u64" || type == "b64") return setp<uint64_t, F>;
    if (type == "s16") return setp<int16_t, F>;
    if (type == "u16" || type == "b16") return setp<uint16_t, F>;
    return nullptr;
}

Handler select(const std::string& cmp, const std::string& type, bool isFloat) {
    if (cmp == "eq") return byType<Eq>(type, isFloat);
    if (cmp == "ne") return byType<Ne>(type, isFloat);
    if (cmp == "lt" || cmp == "lo") return byType<Lt>(type, isFloat);
    if (cmp == "le" || cmp == "ls") return byType<Le>(type, isFloat);
    if (cmp == "gt" || cmp == "hi") return byType<Gt>(type, isFloat);
    if (cmp == "ge" || cmp == "hs") return byType<Ge>(type, isFloat);
    if (cmp == "equ") return byType<Not<Ne>>(type, isFloat);
    if (cmp == "neu") return byType<Not<Eq>>(type, isFloat);
    if (cmp == "ltu") return byType<Not<Ge>>(type, isFloat);
    if (cmp == "leu") return byType<Not<Gt>>(type, isFloat);
    if (cmp == "gtu") return byType<Not<Le>>(type, isFloat);
    if (cmp == "geu") return byType<Not<Lt>>(type, isFloat);
    if (cmp == "num") return byType<Num>(type, isFloat);
    if (cmp == "nan") return byType<Not<Num>>(type, isFloat);
    return nullptr;
}

void lowerSetp(Builder& b, const ptx::Statement& s, Instruction& i) {
    const std::string &type = s.parts.back(), &cmp = s.parts[1];
    onlyModifiers(b, s, {cmp.c_str(), "and", "or", "xor", "ftz", type.c_str()});
    if (s.has("ftz") && type != "f32") b.fail("'" + s.opcode() + "' is not implemented by the software device");
    i.run = select(cmp, s.has("ftz") ? "ftz" : type, isFloatType(type));
    if (!i.run) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    i.extra = s.has("and") ? AND : s.has("or") ? OR : s.has("xor") ? XOR : ALONE;
    if (i.extra != ALONE) i.c = b.predicate(b.operand(3));
    int bytes = ptx::typeBytes(type);
    i.d = b.predicateDestination(b.operand(0).name);
    if (!b.operand(0).second.empty()) i.e = b.predicateDestination(b.operand(0).second);
    i.a = b.source(b.operand(1), bytes);
    i.b = b.source(b.operand(2), bytes);
    b.emit(i);
}

template <class T>
void selp(Warp& w, const Instruction& i, Mask active) {
    const T *a = w.at<T>(i.a), *b = w.at<T>(i.b);
    Mask p = w.predicate(i.c);
    eachLane(w.at<T>(i.d), active, [=](int l) { return p >> l & 1 ? a[l] : b[l]; });
}

void lowerSelp(Builder& b, const ptx::Statement& s, Instruction& i) {
    int bytes = ptx::typeBytes(s.parts.back());
    i.run = bytes == 4 ? selp<uint32_t> : bytes == 8 ? selp<uint64_t> : bytes == 2 ? selp<uint16_t> : nullptr;
    if (!i.run) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    i.c = b.predicate(b.operand(3));
    i.d = b.destination(b.operand(0), bytes);
    i.a = b.source(b.operand(1), bytes);
    i.b = b.source(b.operand(2), bytes);
    b.emit(i);
}

template <class T, class C>
void slct(Warp& w, const Instruction& i, Mask active) {
    const T *a = w.at<T>(i.a), *b = w.at<T>(i.b);
    const C* c = w.at<C>(i.c);
    eachLane(w.at<T>(i.d), active, [=](int l) { return c[l] >= 0 ? a[l] : b[l]; });
}

void lowerSlct(Builder& b, const ptx::Statement& s, Instruction& i) {
    int bytes = ptx::typeBytes(s.parts[s.parts.size() - 2]);
    bool byFloat = s.parts.back() == "f32";
    if (bytes == 4) i.run = byFloat ? slct<uint32_t, float> : slct<uint32_t, int32_t>;
    else if (bytes == 8) i.run = byFloat ? slct<uint64_t, float> : slct<uint64_t, int32_t>;
    else b.fail("'" + s.opcode() + "' is not implemented by the software device");
    i.d = b.destination(b.operand(0), bytes);
    i.a = b.source(b.operand(1), bytes);
    i.b = b.source(b.operand(2), bytes);
    i.c = b.source(b.operand(3), 4);
    b.emit(i);
}

struct Finite { template <class T> static bool of(T a) { return std::isfinite(a); } };
struct Infinite { template <class T> static bool of(T a) { return std::isinf(a); } };
struct Number { template <class T> static bool of(T a) { return a == a; } };
struct NotANumber { template <class T> static bool of(T a) { return a != a; } };
struct Normal { template <class T> static bool of(T a) { return std::isnormal(a); } };
struct Subnormal { template <class T> static bool of(T a) { return std::fpclassify(a) == FP_SUBNORMAL; } };

template <class T, class F>
void testp(Warp& w, const Instruction& i, Mask active) {
    Mask truth = 0;
    for (int l = 0; l < LANES; l++) truth |= (Mask)F::of(w.at<T>(i.a)[l]) << l;
    Mask& d = *w.at<Mask>(i.d);
    d = (d & ~active) | (truth & active);
}

void lowerTestp(Builder& b, const ptx::Statement& s, Instruction& i) {
    static const std::map<std::string, std::pair<Handler, Handler>> all = {
        {"finite", {testp<float, Finite>, testp<double, Finite>}},
        {"infinite", {testp<float, Infinite>, testp<double, Infinite>}},
        {"number", {testp<float, Number>, testp<double, Number>}},
        {"notanumber", {testp<float, NotANumber>, testp<double, NotANumber>}},
        {"normal", {testp<float, Normal>, testp<double, Normal>}},
        {"subnormal", {testp<float, Subnormal>, testp<double, Subnormal>}}};
    auto found = all.find(s.parts[1]);
    if (found == all.end()) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    bool single = s.parts.back() == "f32";
    i.run = single ? found->second.first : found->second.second;
    i.d = b.predicateDestination(b.operand(0).name);
    i.a = b.source(b.operand(1), single ? 4 : 8);
    b.emit(i);
}

}  // namespace

void addCompare(Table& t) {
    t["setp"] = lowerSetp;
    t["selp"] = lowerSelp;
    t["slct"] = lowerSlct;
    t["testp"] = lowerTestp;
}

}  // namespace softgpu::ops
