// Arithmetic of more than one word: add.cc, addc, sub.cc, subc, mad.cc, madc. The carry is one predicate of the program.
#include <type_traits>

#include "ops/families.h"
#include "ops/lanes.h"

namespace softgpu::ops {
namespace {

enum : uint32_t { IN = 1, OUT = 2, SUBTRACT = 4, MULTIPLY = 8, HIGH = 16 };

template <class T>
T high(T a, T b) {
    using W = std::conditional_t<sizeof(T) == 8, std::conditional_t<std::is_signed_v<T>, __int128, unsigned __int128>,
                                 std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>>;
    return (T)(((W)a * (W)b) >> (8 * sizeof(T)));
}

template <class T>
void carrying(Warp& w, const Instruction& i, Mask active) {
    using U = std::make_unsigned_t<T>;
    const T *a = w.at<T>(i.a), *b = w.at<T>(i.b), *c = i.extra & MULTIPLY ? w.at<T>(i.c) : b;
    Mask &flag = *w.at<Mask>(i.e), out = 0;
    U result[LANES];
    for (int l = 0; l < LANES; l++) {
        U x = (U)a[l], y = (U)c[l], carry = i.extra & IN ? flag >> l & 1 : 0;
        if (i.extra & MULTIPLY) x = i.extra & HIGH ? (U)high(a[l], b[l]) : (U)((U)a[l] * (U)b[l]);
        result[l] = i.extra & SUBTRACT ? (U)(x - y - carry) : (U)(x + y + carry);
        bool over = i.extra & SUBTRACT ? x < y || (x == y && carry) : result[l] < x || (result[l] == x && carry);
        out |= (Mask)over << l;
    }
    eachLane((U*)w.at<T>(i.d), active, [&](int l) { return result[l]; });
    if (i.extra & OUT) flag = (flag & ~active) | (out & active);
}

Handler select(const std::string& type) {
    if (type == "u32") return carrying<uint32_t>;
    if (type == "s32") return carrying<int32_t>;
    if (type == "u64") return carrying<uint64_t>;
    if (type == "s64") return carrying<int64_t>;
    return nullptr;
}

}  // namespace

void lowerCarry(Builder& b, const ptx::Statement& s, Instruction& i) {
    const std::string &opcode = s.parts[0], &type = s.parts.back();
    onlyModifiers(b, s, {"cc", "lo", "hi", type.c_str()});
    bool multiply = opcode[0] == 'm';
    i.extra = (opcode.back() == 'c' ? IN : 0u) | (s.has("cc") ? OUT : 0u) | (opcode[0] == 's' ? SUBTRACT : 0u) |
              (multiply ? MULTIPLY : 0u) | (s.has("hi") ? HIGH : 0u);
    Handler run = select(type);
    if (!run) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    i.e = b.carry();
    emitPlain(b, i, run, ptx::typeBytes(type), multiply ? 3 : 2);
}

void addCarry(Table& t) {
    for (auto name : {"addc", "subc", "madc"}) t[name] = lowerCarry;
}

}  // namespace softgpu::ops
