// atom and red: lanes take their turn, in the order of the launch's policy.
#include <cstring>
#include <type_traits>

#include "ops/families.h"
#include "ops/lanes.h"
#include "simt/access.h"

namespace softgpu::ops {
namespace {

struct Plus {
    template <class T> static T of(T old, T b, T) {
        if constexpr (std::is_integral_v<T>) return (T)((uint64_t)old + (uint64_t)b);
        else return old + b;
    }
};
struct Least { template <class T> static T of(T old, T b, T) { return b < old ? b : old; } };
struct Most { template <class T> static T of(T old, T b, T) { return b > old ? b : old; } };
struct Exchange { template <class T> static T of(T, T b, T) { return b; } };
struct CompareAndSwap { template <class T> static T of(T old, T b, T c) { return old == b ? c : old; } };
struct AndWith { template <class T> static T of(T old, T b, T) { return old & b; } };
struct OrWith { template <class T> static T of(T old, T b, T) { return old | b; } };
struct XorWith { template <class T> static T of(T old, T b, T) { return old ^ b; } };
struct Increment { template <class T> static T of(T old, T b, T) { return old >= b ? 0 : old + 1; } };
struct Decrement { template <class T> static T of(T old, T b, T) { return old == 0 || old > b ? b : old - 1; } };

template <class T, class F>
void atomic(Warp& w, const Instruction& i, Mask active) {
    uint8_t* p[LANES];
    simt::resolve(w, i, active, {i.a, sizeof(T), true}, p);
    const T* b = w.at<T>(i.b);
    const T* c = i.c == NOWHERE ? b : w.at<T>(i.c);
    T* d = i.d == NOWHERE ? nullptr : w.at<T>(i.d);
    const bool reverse = w.grid->policy.order == simt::Order::Reverse;
    T result[LANES];
    for (int k = 0; k < LANES; k++) {
        int l = reverse ? LANES - 1 - k : k;
        if (!(active >> l & 1)) continue;
        T old, fresh;
        memcpy(&old, p[l], sizeof(T));
        fresh = F::of(old, b[l], c[l]);
        memcpy(p[l], &fresh, sizeof(T));
        result[l] = old;
    }
    for (int l = 0; d && l < LANES; l++)
        if (active >> l & 1) d[l] = result[l];
}

template <class F>
Handler integers(const std::string& type) {
    if (type == "u32" || type == "b32") return atomic<uint32_t, F>;
    if (type == "s32") return atomic<int32_t, F>;
    if (type == "u64" || type == "b64") return atomic<uint64_t, F>;
    if (type == "s64") return atomic<int64_t, F>;
    return nullptr;
}

Handler select(const std::string& what, const std::string& type) {
    if (what == "add" && type == "f32") return atomic<float, Plus>;
    if (what == "add" && type == "f64") return atomic<double, Plus>;
    if (what == "add") return integers<Plus>(type);
    if (what == "min") return integers<Least>(type);
    if (what == "max") return integers<Most>(type);
    if (what == "exch") return integers<Exchange>(type);
    if (what == "cas") return integers<CompareAndSwap>(type);
    if (what == "and") return integers<AndWith>(type);
    if (what == "or") return integers<OrWith>(type);
    if (what == "xor") return integers<XorWith>(type);
    if (what == "inc" && type == "u32") return atomic<uint32_t, Increment>;
    if (what == "dec" && type == "u32") return atomic<uint32_t, Decrement>;
    return nullptr;
}

/** red: no result. */
void lower(Builder& b, const ptx::Statement& s, Instruction& i) {
    const std::string& type = s.parts.back();
    const std::string& what = s.parts[s.parts.size() - 2];
    onlyModifiers(b, s, {"global", "shared", "shared::cta", "relaxed", "acquire", "release", "acq_rel", "cta", "gpu", "sys",
                         "cluster", what.c_str(), type.c_str()});
    i.run = select(what, type);
    if (!i.run) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    bool result = s.parts[0] == "atom";
    int bytes = ptx::typeBytes(type);
    size_t at = result ? 1 : 0;
    i.strong = true;
    i.space = s.has("global") ? ptx::Space::Global : s.has("shared") || s.has("shared::cta") ? ptx::Space::Shared : ptx::Space::Generic;
    if (result && b.operand(0).kind != ptx::Operand::Sink) i.d = b.destination(b.operand(0), bytes);
    b.address(b.operand(at), i);
    i.b = b.source(b.operand(at + 1), bytes);
    if (what == "cas") i.c = b.source(b.operand(at + 2), bytes);
    b.emit(i);
}

}  // namespace

void addAtomic(Table& t) {
    t["atom"] = lower;
    t["red"] = lower;
}

}  // namespace softgpu::ops
