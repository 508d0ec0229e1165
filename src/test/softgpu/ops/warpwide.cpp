// Operations of the lanes of a warp with each other: shfl, vote, match, redux, bar.warp.sync.
#include "common/fault.h"
#include "ops/families.h"
#include "ops/lanes.h"
#include "simt/grid.h"

namespace softgpu::ops {
namespace {

enum Mode { DOWN, UP, BFLY, IDX };

/** c holds the segment mask (bits 8 to 12) and the clamp (bits 0 to 4), as PTX defines them. */
int sourceLane(int lane, uint32_t b, uint32_t c, uint32_t mode, bool& inside) {
    int segment = c >> 8 & 31, clamp = c & 31, by = b & 31;
    int last = (lane & segment) | (clamp & ~segment), first = lane & segment, j;
    switch (mode) {
        case DOWN: j = lane + by; inside = j <= last; break;
        case UP: j = lane - by; inside = j >= last; break;
        case BFLY: j = lane ^ by; inside = j <= last; break;
        default: j = first | (by & ~segment); inside = j <= last;
    }
    return inside ? j : lane;
}

void shfl(Warp& w, const Instruction& i, Mask active) {
    const uint32_t *b = w.at<uint32_t>(i.b), *c = w.at<uint32_t>(i.c);
    uint32_t value[LANES];
    for (int l = 0; l < LANES; l++) value[l] = w.at<uint32_t>(i.a)[l];
    Mask valid = 0;
    uint32_t* d = w.at<uint32_t>(i.d);
    for (int l = 0; l < LANES; l++) {
        if (!(active >> l & 1)) continue;
        bool inside;
        int from = sourceLane(l, b[l], c[l], i.extra, inside);
        if (!(active >> from & 1))
            w.fail(i, LAUNCH_FAILED, "reads lane " + std::to_string(from) + ", which does not take part", l);
        d[l] = value[from];
        valid |= (Mask)inside << l;
    }
    if (i.count == 2) {
        Mask& p = *w.at<Mask>(i.list);
        p = (p & ~active) | valid;
    }
}

void lowerShfl(Builder& b, const ptx::Statement& s, Instruction& i) {
    onlyModifiers(b, s, {"sync", "up", "down", "bfly", "idx", "b32"});
    if (!s.has("sync")) b.fail("only the .sync form is implemented");
    i.extra = s.has("down") ? DOWN : s.has("up") ? UP : s.has("bfly") ? BFLY : IDX;
    i.flow = simt::Flow::Collective;
    i.run = shfl;
    i.d = b.destination({ptx::Operand::Name, b.operand(0).name, {}, false, 0, 'i', 0, {}}, 4);
    if (!b.operand(0).second.empty()) {
        i.list = b.predicateDestination(b.operand(0).second);
        i.count = 2;
    }
    i.a = b.source(b.operand(1), 4);
    i.b = b.source(b.operand(2), 4);
    i.c = b.source(b.operand(3), 4);
    i.e = b.source(b.operand(4), 4);
    b.emit(i);
}

enum Vote { ALL, ANY, UNI, BALLOT };

void vote(Warp& w, const Instruction& i, Mask active) {
    Mask yes = w.predicate(i.a) & active;
    if (i.extra == BALLOT) return eachLane(w.at<uint32_t>(i.d), active, [=](int) { return yes; });
    bool truth = i.extra == ALL ? yes == active : i.extra == ANY ? yes != 0 : yes == active || yes == 0;
    Mask& d = *w.at<Mask>(i.d);
    d = (d & ~active) | (truth ? active : 0);
}

void lowerVote(Builder& b, const ptx::Statement& s, Instruction& i) {
    onlyModifiers(b, s, {"sync", "all", "any", "uni", "ballot", "pred", "b32"});
    if (!s.has("sync")) b.fail("only the .sync form is implemented");
    i.extra = s.has("all") ? ALL : s.has("any") ? ANY : s.has("uni") ? UNI : BALLOT;
    i.a = b.predicate(b.operand(1));
    i.flow = simt::Flow::Collective;
    i.run = vote;
    i.d = i.extra == BALLOT ? b.destination(b.operand(0), 4) : b.predicateDestination(b.operand(0).name);
    i.e = b.source(b.operand(2), 4);
    b.emit(i);
}

template <class T>
void match(Warp& w, const Instruction& i, Mask active) {
    const T* a = w.at<T>(i.a);
    Mask result[LANES], all = active;
    for (int l = 0; l < LANES; l++) {
        result[l] = 0;
        for (int k = 0; k < LANES; k++) result[l] |= (active >> k & 1) && a[k] == a[l] ? 1u << k : 0;
        if ((active >> l & 1) && result[l] != active) all = 0;
    }
    eachLane(w.at<uint32_t>(i.d), active, [&](int l) { return i.extra ? all : result[l]; });
    if (i.count == 2) {
        Mask& p = *w.at<Mask>(i.list);
        p = (p & ~active) | (all ? active : 0);
    }
}

void lowerMatch(Builder& b, const ptx::Statement& s, Instruction& i) {
    onlyModifiers(b, s, {"sync", "any", "all", "b32", "b64"});
    int bytes = ptx::typeBytes(s.parts.back());
    i.extra = s.has("all");
    i.flow = simt::Flow::Collective;
    i.run = bytes == 4 ? match<uint32_t> : match<uint64_t>;
    i.d = b.destination({ptx::Operand::Name, b.operand(0).name, {}, false, 0, 'i', 0, {}}, 4);
    if (!b.operand(0).second.empty()) {
        i.list = b.predicateDestination(b.operand(0).second);
        i.count = 2;
    }
    i.a = b.source(b.operand(1), bytes);
    i.e = b.source(b.operand(2), 4);
    b.emit(i);
}

struct RAdd { template <class T> static T of(T a, T b) { return (T)((uint32_t)a + (uint32_t)b); } };
struct RMin { template <class T> static T of(T a, T b) { return b < a ? b : a; } };
struct RMax { template <class T> static T of(T a, T b) { return a < b ? b : a; } };
struct RAnd { template <class T> static T of(T a, T b) { return a & b; } };
struct ROr { template <class T> static T of(T a, T b) { return a | b; } };
struct RXor { template <class T> static T of(T a, T b) { return a ^ b; } };

template <class T, class F>
void redux(Warp& w, const Instruction& i, Mask active) {
    const T* a = w.at<T>(i.a);
    T r = a[__builtin_ctz(active)];
    for (Mask rest = active & (active - 1); rest; rest &= rest - 1) r = F::of(r, a[__builtin_ctz(rest)]);
    eachLane(w.at<T>(i.d), active, [=](int) { return r; });
}

template <class F>
Handler reduxOf(const std::string& type) { return type == "s32" ? redux<int32_t, F> : redux<uint32_t, F>; }

void lowerRedux(Builder& b, const ptx::Statement& s, Instruction& i) {
    const std::string &what = s.parts[s.parts.size() - 2], &type = s.parts.back();
    onlyModifiers(b, s, {"sync", "add", "min", "max", "and", "or", "xor", "b32", "u32", "s32"});
    i.run = what == "add" ? reduxOf<RAdd>(type) : what == "min" ? reduxOf<RMin>(type) : what == "max" ? reduxOf<RMax>(type)
            : what == "and" ? reduxOf<RAnd>(type) : what == "or" ? reduxOf<ROr>(type) : reduxOf<RXor>(type);
    i.flow = simt::Flow::Collective;
    i.d = b.destination(b.operand(0), 4);
    i.a = b.source(b.operand(1), 4);
    i.e = b.source(b.operand(2), 4);
    b.emit(i);
}

void syncWarp(Warp& w, const Instruction&, Mask active) {
    w.block->races.syncWarp(w.index, active == w.live ? ALL_LANES : active);
}

}  // namespace

void lowerWarpBarrier(Builder& b, const ptx::Statement&, Instruction& i) {
    i.flow = simt::Flow::Collective;
    i.run = syncWarp;
    i.e = b.source(b.operand(0), 4);
    b.emit(i);
}

void addWarp(Table& t) {
    t["shfl"] = lowerShfl;
    t["vote"] = lowerVote;
    t["match"] = lowerMatch;
    t["redux"] = lowerRedux;
}

}  // namespace softgpu::ops
