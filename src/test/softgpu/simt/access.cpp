#include "simt/access.h"

#include <algorithm>
#include <cstdio>

#include "common/fault.h"

namespace softgpu::simt {
namespace {

using ptx::Space;

std::string hex(uint64_t v) {
    char text[32];
    snprintf(text, sizeof text, "0x%llx", (unsigned long long)v);
    return text;
}

void addresses(Warp& w, const Instruction& i, Mask active, Place place, uint64_t (&at)[LANES]) {
    if (i.wideAddress) {
        const uint64_t* a = w.at<uint64_t>(place);
        for (int l = 0; l < LANES; l++) at[l] = a[l] + (uint64_t)i.displacement;
    } else {
        const uint32_t* a = w.at<uint32_t>(place);
        for (int l = 0; l < LANES; l++) at[l] = (uint32_t)(a[l] + (uint32_t)i.displacement);
    }
    if (active == ALL_LANES) return;
    uint64_t first = at[__builtin_ctz(active)];
    for (int l = 0; l < LANES; l++) at[l] = active >> l & 1 ? at[l] : first;
}

void aligned(Warp& w, const Instruction& i, Mask active, uint32_t bytes, const uint64_t (&at)[LANES]) {
    uint64_t all = 0;
    for (int l = 0; l < LANES; l++) all |= at[l];
    if (!(all & (bytes - 1))) return;
    for (int l = 0; l < LANES; l++)
        if ((active >> l & 1) && (at[l] & (bytes - 1)))
            w.fail(i, MISALIGNED_ADDRESS, "address " + hex(at[l]) + " is not a multiple of " + std::to_string(bytes), l);
}

void global(Warp& w, const Instruction& i, Mask active, uint32_t bytes, const uint64_t (&at)[LANES]) {
    uint64_t lo = at[0], hi = at[0];
    for (int l = 1; l < LANES; l++) {
        lo = at[l] < lo ? at[l] : lo;
        hi = at[l] > hi ? at[l] : hi;
    }
    Range& range = w.grid->ranges[&i - w.program->code.data()];
    if (range.holds(lo, hi + bytes)) return;
    range = w.grid->memory.find(lo);
    if (range.holds(lo, hi + bytes)) return;
    for (int l = 0; l < LANES; l++)
        if (active >> l & 1 && !w.grid->memory.find(at[l]).holds(at[l], at[l] + bytes))
            w.fail(i, ILLEGAL_ADDRESS,
                   "illegal address " + hex(at[l]) + " for " + std::to_string(bytes) + " bytes, " +
                       w.grid->memory.describe(at[l]),
                   l);
}

/** Spaces that begin at zero. */
void bounded(Warp& w, const Instruction& i, Mask active, uint32_t bytes, uint64_t size, const char* what,
             const uint64_t (&at)[LANES]) {
    uint64_t hi = 0;
    for (int l = 0; l < LANES; l++) hi = at[l] > hi ? at[l] : hi;
    if (hi <= size && hi + bytes <= size) return;
    for (int l = 0; l < LANES; l++)
        if ((active >> l & 1) && (at[l] > size || at[l] + bytes > size))
            w.fail(i, ILLEGAL_ADDRESS,
                   std::string("out of bounds in ") + what + ": offset " + std::to_string((int64_t)at[l]) + " for " +
                       std::to_string(bytes) + " bytes of " + std::to_string(size),
                   l);
}

void race(Warp& w, const Instruction& i, const Races::Conflict& c, bool write) {
    const Program& p = *w.program;
    const Instruction& other = p.code[c.otherCode];
    Warp& otherWarp = w.block->warps[c.otherThread / LANES];
    w.fail(i, LAUNCH_FAILED,
           std::string("race in shared memory, offset ") + std::to_string(c.word * 4) + ": this " +
               (write ? "write" : "read") + " and the " + (c.otherWrote ? "write" : "read") + " of " +
               otherWarp.where(c.otherThread % LANES) + " at '" + p.texts[c.otherCode] + "' (PTX line " +
               std::to_string(other.line) + ") have no barrier between them,",
           (int)c.lane);
}

bool shared(Warp& w, const Instruction& i, Mask active, const Access& access, const uint64_t (&at)[LANES]) {
    uint64_t size = w.program->sharedBytes + w.grid->launch.dynamicShared;
    bounded(w, i, active, access.bytes, size, "shared memory", at);
    if (!w.grid->policy.races) return false;
    Races::Access touch{w.index, (uint32_t)(&i - w.program->code.data()), access.bytes, access.write, i.strong};
    Races::Conflict c = w.block->races.touch(touch, active, at);
    if (c.found) race(w, i, c, access.write);
    return w.block->races.overlapped();
}

Space windowed(Warp& w, const Instruction& i, Mask active, uint64_t (&at)[LANES]) {
    uint64_t window = at[0] >> WINDOW_SHIFT;
    for (int l = 0; l < LANES; l++) {
        if (at[l] >> WINDOW_SHIFT != window) w.fail(i, NOT_SUPPORTED, "lanes with generic addresses in different spaces", l);
        at[l] &= (1ull << WINDOW_SHIFT) - 1;
    }
    switch (window) {
        case 0: return Space::Global;
        case 1: return Space::Shared;
        case 2: return Space::Local;
        case 3: return Space::Param;
        default: w.fail(i, ILLEGAL_ADDRESS, "illegal address " + hex(at[__builtin_ctz(active)] | window << WINDOW_SHIFT));
    }
}

}  // namespace

bool resolveAt(Warp& w, const Instruction& i, Mask active, Space space, const Access& access, uint64_t (&at)[LANES],
               uint8_t* (&to)[LANES]) {
    if (space == Space::Generic) space = windowed(w, i, active, at);
    aligned(w, i, active, access.bytes, at);
    uint8_t* base = nullptr;
    bool overlapped = false;
    switch (space) {
        case Space::Shared:
            overlapped = shared(w, i, active, access, at);
            base = w.block->shared.data();
            break;
        case Space::Local: {
            uint32_t size = w.program->localBytes;
            bounded(w, i, active, access.bytes, size, "local memory", at);
            for (int l = 0; l < LANES; l++) to[l] = w.local + (size_t)l * size + at[l];
            return false;
        }
        case Space::Param:
            bounded(w, i, active, access.bytes, w.grid->launch.parameters.size(), "the parameters", at);
            base = const_cast<uint8_t*>(w.grid->launch.parameters.data());
            break;
        default: global(w, i, active, access.bytes, at);
    }
    for (int l = 0; l < LANES; l++) to[l] = base + at[l];
    return overlapped;
}

bool resolve(Warp& w, const Instruction& i, Mask active, const Access& access, uint8_t* (&to)[LANES]) {
    uint64_t at[LANES];
    addresses(w, i, active, access.address, at);
    return resolveAt(w, i, active, i.space, access, at, to);
}

}  // namespace softgpu::simt
