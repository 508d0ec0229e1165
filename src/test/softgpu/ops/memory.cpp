// ld, ldu, st, and the hints that need nothing done.
#include <cstring>
#include <type_traits>

#include "common/fault.h"
#include "ops/families.h"
#include "ops/lanes.h"
#include "simt/access.h"

namespace softgpu::ops {
namespace {

using simt::resolve;

bool consecutive(uint8_t* const (&p)[LANES], size_t step) {
    uint64_t differ = 0;
    for (int l = 0; l < LANES; l++) differ |= (uint64_t)p[l] ^ ((uint64_t)p[0] + (uint64_t)l * step);
    return differ == 0;
}

template <class M>
M peek(const uint8_t* p) {
    M v;
    memcpy(&v, p, sizeof v);
    return v;
}

/** M: the type in memory, R: the unsigned type of the register, at least as wide. */
template <class M, class R>
void load(Warp& w, const Instruction& i, Mask active) {
    uint8_t* p[LANES];
    resolve(w, i, active, {i.a, (uint32_t)sizeof(M) * i.count, false}, p);
    if (i.count == 1 && sizeof(M) == sizeof(R) && active == ALL_LANES && consecutive(p, sizeof(M))) {
        memcpy(w.at<R>(i.d), p[0], LANES * sizeof(M));
        return;
    }
    using Extended = std::conditional_t<std::is_signed_v<M>, std::make_signed_t<R>, R>;
    for (int k = 0; k < i.count; k++) {
        R* d = w.at<R>(i.count == 1 ? i.d : w.program->lists[i.list + k]);
        R value[LANES];
        for (int l = 0; l < LANES; l++) value[l] = (R)(Extended)peek<M>(p[l] + k * sizeof(M));
        eachLane(d, active, [&](int l) { return value[l]; });
    }
}

/** W: the width of the register, at least that of memory. */
template <class M, class R>
void store(Warp& w, const Instruction& i, Mask active) {
    uint8_t* p[LANES];
    bool overlapped = resolve(w, i, active, {i.a, (uint32_t)sizeof(M) * i.count, true}, p);
    if (i.count == 1 && sizeof(M) == sizeof(R) && active == ALL_LANES && consecutive(p, sizeof(M))) {
        memcpy(p[0], w.at<R>(i.d), LANES * sizeof(M));
        return;
    }
    for (int k = 0; k < i.count; k++) {
        const R* a = w.at<R>(i.count == 1 ? i.d : w.program->lists[i.list + k]);
        for (int l = 0; l < LANES; l++) {
            M v = (M)a[l];
            if (active >> l & 1) memcpy(p[l] + k * sizeof(M), &v, sizeof(M));
        }
        for (int l = 0; overlapped && l < LANES; l++)
            if ((active >> l & 1) && peek<M>(p[l] + k * sizeof(M)) != (M)a[l])
                w.fail(i, LAUNCH_FAILED, "lanes of one warp write different values to one shared word", l);
    }
}

/** Parameters of the kernel are the same for all lanes. */
template <class M, class R>
void loadParameter(Warp& w, const Instruction& i, Mask active) {
    using Extended = std::conditional_t<std::is_signed_v<M>, std::make_signed_t<R>, R>;
    const uint8_t* from = w.grid->launch.parameters.data() + i.displacement;
    for (int k = 0; k < i.count; k++) {
        R value = (R)(Extended)peek<M>(from + k * sizeof(M));
        eachLane(w.at<R>(i.count == 1 ? i.d : w.program->lists[i.list + k]), active, [=](int) { return value; });
    }
}

#define BY_WIDTHS(HANDLER)                                                       \
    Handler select_##HANDLER(int memory, bool isSigned, int reg) {               \
        if (memory == 1 && reg == 2) return isSigned ? HANDLER<int8_t, uint16_t> : HANDLER<uint8_t, uint16_t>;   \
        if (memory == 1 && reg == 4) return isSigned ? HANDLER<int8_t, uint32_t> : HANDLER<uint8_t, uint32_t>;   \
        if (memory == 1 && reg == 8) return isSigned ? HANDLER<int8_t, uint64_t> : HANDLER<uint8_t, uint64_t>;   \
        if (memory == 2 && reg == 2) return HANDLER<uint16_t, uint16_t>;         \
        if (memory == 2 && reg == 4) return isSigned ? HANDLER<int16_t, uint32_t> : HANDLER<uint16_t, uint32_t>; \
        if (memory == 2 && reg == 8) return isSigned ? HANDLER<int16_t, uint64_t> : HANDLER<uint16_t, uint64_t>; \
        if (memory == 4 && reg == 4) return HANDLER<uint32_t, uint32_t>;         \
        if (memory == 4 && reg == 8) return isSigned ? HANDLER<int32_t, uint64_t> : HANDLER<uint32_t, uint64_t>; \
        if (memory == 8 && reg == 8) return HANDLER<uint64_t, uint64_t>;         \
        return nullptr;                                                          \
    }
BY_WIDTHS(load)
BY_WIDTHS(store)
BY_WIDTHS(loadParameter)
#undef BY_WIDTHS

void space(Builder& b, const ptx::Statement& s, Instruction& i) {
    onlyModifiers(b, s, {"global", "shared", "shared::cta", "local", "const", "param", "param::entry", "param::func", "nc",
                         "ca", "cg", "cs", "lu", "cv", "wb", "wt", "volatile", "relaxed", "acquire", "release", "weak",
                         "cta", "gpu", "sys", "cluster", "v2", "v4", "L1::evict_last", "L1::evict_first", "L1::no_allocate",
                         "L1::evict_normal", "L2::64B", "L2::128B", "L2::256B", s.parts.back().c_str()});
    using ptx::Space;
    i.space = s.has("global") ? Space::Global
              : s.has("shared") || s.has("shared::cta") ? Space::Shared
              : s.has("local") ? Space::Local
              : s.has("const") ? Space::Const
              : s.has("param") || s.has("param::entry") || s.has("param::func") ? Space::Param : Space::Generic;
    i.strong = s.has("volatile") || s.has("relaxed") || s.has("acquire") || s.has("release");
    i.count = s.has("v4") ? 4 : s.has("v2") ? 2 : 1;
}

/** Parameters of functions put in place live in local memory. */
void parameterSpace(Builder& b, Instruction& i, const ptx::Operand& address) {
    if (i.space == ptx::Space::Param && !b.isParameterAddress(address.name)) i.space = ptx::Space::Local;
}

/** Places of the data operand: one register, or a vector of them. */
int data(Builder& b, Instruction& i, const ptx::Operand& o, int memory, bool writes) {
    std::vector<ptx::Operand> parts = o.kind == ptx::Operand::Vector ? o.elements : std::vector<ptx::Operand>{o};
    if (parts.size() != i.count) b.fail("number of vector elements");
    int width = 0;
    for (auto& p : parts) width = std::max(width, b.width(p));
    if (!width) width = std::max(memory, 2);
    std::vector<uint32_t> places;
    for (auto& p : parts) places.push_back(writes ? b.destination(p, width) : b.source(p, width));
    i.d = places[0];
    if (i.count > 1) i.list = b.list(places);
    return width;
}

void lowerLd(Builder& b, const ptx::Statement& s, Instruction& i) {
    space(b, s, i);
    parameterSpace(b, i, b.operand(1));
    const std::string& type = s.parts.back();
    int memory = ptx::typeBytes(type), width = data(b, i, b.operand(0), memory, true);
    b.address(b.operand(1), i);
    uint64_t offset;
    if (i.space == ptx::Space::Param && b.isKernelParameter(b.operand(1).name, &offset)) {
        i.displacement += (int64_t)offset;
        i.run = select_loadParameter(memory, type[0] == 's', width);
    } else {
        i.run = select_load(memory, type[0] == 's', width);
    }
    if (!i.run) b.fail("'" + s.opcode() + "' into a register of " + std::to_string(8 * width) + " bits");
    b.emit(i);
}

void lowerSt(Builder& b, const ptx::Statement& s, Instruction& i) {
    space(b, s, i);
    parameterSpace(b, i, b.operand(0));
    if (i.space == ptx::Space::Param || i.space == ptx::Space::Const) b.fail("this memory cannot be written");
    int memory = ptx::typeBytes(s.parts.back()), width = data(b, i, b.operand(1), memory, false);
    b.address(b.operand(0), i);
    i.run = select_store(memory, false, width);
    if (!i.run) b.fail("'" + s.opcode() + "' from a register of " + std::to_string(8 * width) + " bits");
    b.emit(i);
}

/** Nothing to do where memory is coherent and there is no cache. */
void lowerNothing(Builder&, const ptx::Statement&, Instruction&) {}

}  // namespace

void addMemory(Table& t) {
    t["ld"] = lowerLd;
    t["ldu"] = lowerLd;
    t["st"] = lowerSt;
    t["membar"] = lowerNothing;
    t["fence"] = lowerNothing;
    t["prefetch"] = lowerNothing;
    t["prefetchu"] = lowerNothing;
    t["griddepcontrol"] = lowerNothing;
}

}  // namespace softgpu::ops
