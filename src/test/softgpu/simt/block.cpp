#include <algorithm>
#include <cstring>

#include "common/fault.h"
#include "simt/grid.h"

namespace softgpu::simt {

Block::Block(Grid& grid)
    : grid(grid), threads((uint32_t)grid.launch.block.count()),
      shared(grid.launch.program->sharedBytes + grid.launch.dynamicShared + 16),
      races((uint32_t)shared.size(), (threads + LANES - 1) / LANES), warps((threads + LANES - 1) / LANES) {
    const Program& p = *grid.launch.program;
    registers.assign(warps.size() * p.registerBytes + 64, 0xFF);
    locals.resize(warps.size() * p.localBytes * LANES);
    auto* aligned = (uint8_t*)(((uintptr_t)registers.data() + 31) / 32 * 32);
    for (uint32_t w = 0; w < warps.size(); w++) {
        warps[w].base[0] = aligned + (size_t)w * p.registerBytes;
        warps[w].base[1] = const_cast<uint8_t*>(p.constants.data());
        warps[w].local = locals.data() + (size_t)w * p.localBytes * LANES;
        warps[w].program = &p;
        warps[w].block = this;
        warps[w].grid = &grid;
        warps[w].index = w;
        fillSpecials(warps[w], false);
    }
    for (uint64_t w : grid.sequence(warps.size())) order.push_back((uint32_t)w);
}

void Block::start(uint64_t linearIndex) {
    const Dim& g = grid.launch.grid;
    linear = linearIndex;
    index = {(uint32_t)(linear % g.x), (uint32_t)(linear / g.x % g.y), (uint32_t)(linear / ((uint64_t)g.x * g.y))};
    memset(shared.data(), 0xFF, shared.size());
    std::fill(locals.begin(), locals.end(), 0xFF);
    races.nextPhase();
    for (Warp& w : warps) startWarp(w);
    if (grid.policy.order == Order::Random) std::shuffle(order.begin(), order.end(), grid.random);
}

void Block::startWarp(Warp& w) {
    uint32_t lanes = std::min(threads - w.index * LANES, (uint32_t)LANES);
    w.live = lanes == LANES ? ALL_LANES : (1u << lanes) - 1;
    w.groups.assign(1, Group{w.live, 0});
    w.preferFrom = 0;
    w.copies.clear();
    w.copyGroups.clear();
    fillSpecials(w, true);
}

/** The special registers that differ between blocks, or all others: those are filled once for a launch. */
void Block::fillSpecials(Warp& w, bool ofBlock) {
    for (auto& s : grid.launch.program->specials) {
        bool differs = s.which == Special::CtaidX || s.which == Special::CtaidY || s.which == Special::CtaidZ;
        if (differs != ofBlock) continue;
        auto* lanes = w.at<uint32_t>(s.place);
        if (differs) std::fill_n(lanes, LANES, special(s.which, w.index, 0));
        else
            for (uint32_t l = 0; l < LANES; l++) lanes[l] = special(s.which, w.index, l);
    }
}

uint32_t Block::special(Special which, uint32_t warp, uint32_t lane) const {
    const Dim &b = grid.launch.block, &g = grid.launch.grid;
    uint32_t t = warp * LANES + lane;
    switch (which) {
        case Special::TidX: return t % b.x;
        case Special::TidY: return t / b.x % b.y;
        case Special::TidZ: return t / (b.x * b.y);
        case Special::NtidX: return b.x;
        case Special::NtidY: return b.y;
        case Special::NtidZ: return b.z;
        case Special::CtaidX: return index.x;
        case Special::CtaidY: return index.y;
        case Special::CtaidZ: return index.z;
        case Special::NctaidX: return g.x;
        case Special::NctaidY: return g.y;
        case Special::NctaidZ: return g.z;
        case Special::Lane: return lane;
        case Special::WarpId: return warp;
        case Special::NwarpId: return (uint32_t)warps.size();
        case Special::LaneEq: return 1u << lane;
        case Special::LaneLt: return (1u << lane) - 1;
        case Special::LaneLe: return (2u << lane) - 1;
        case Special::LaneGt: return ~((2u << lane) - 1);
        case Special::LaneGe: return ~((1u << lane) - 1);
        case Special::DynamicShared: return grid.launch.dynamicShared;
        case Special::TotalShared: return grid.launch.program->sharedBytes + grid.launch.dynamicShared;
        default: return 0;
    }
}

bool Block::slice() {
    bool progress = false, alive = false;
    for (uint32_t w : order) {
        Warp& warp = warps[w];
        if (!warp.live || !warp.runnable()) continue;
        int64_t budget = grid.slice(), left = budget;
        warp.run(left);
        stuckAfter += (uint64_t)(budget - left);
        progress = true;
    }
    for (Warp& w : warps) alive |= w.live != 0;
    if (!alive) return true;
    if (!releaseBarriers() && !progress) deadlock();
    return false;
}

bool Block::releaseBarriers() {
    uint32_t waiting = 0;
    for (Warp& w : warps)
        for (Group& g : w.groups)
            if (g.wait == Group::Barrier) waiting |= 1u << g.barrier;
    bool released = false;
    for (; waiting; waiting &= waiting - 1) released |= releaseBarrier((uint32_t)__builtin_ctz(waiting));
    return released;
}

bool Block::releaseBarrier(uint32_t id) {
    uint32_t arrived = 0, liveThreads = 0;
    const Group* first = nullptr;
    std::vector<uint32_t> members;
    for (Warp& w : warps) {
        liveThreads += (uint32_t)__builtin_popcount(w.live);
        for (Group& g : w.groups) {
            if (g.wait != Group::Barrier || g.barrier != id) continue;
            if (!first) first = &g;
            if (g.expected != first->expected) divergence(*first, g);
            arrived += (uint32_t)__builtin_popcount(g.mask);
            if (members.empty() || members.back() != w.index) members.push_back(w.index);
        }
    }
    bool all = first->expected == 0 || first->expected == threads;
    if (arrived < (all ? threads : first->expected)) {
        if (all && arrived == liveThreads)
            throw Fault(LAUNCH_FAILED, "kernel " + grid.launch.program->name + ", " + warps[members[0]].where(0) + ": " +
                                           std::to_string(threads - arrived) + " threads of the block ended before '" +
                                           grid.launch.program->texts[first->pc] + "', where the others wait");
        return false;
    }
    for (Warp& w : warps)
        for (Group& g : w.groups)
            if (all && g.wait == Group::Barrier && g.barrier == id && g.pc != first->pc) divergence(*first, g);
    reduce(id, grid.launch.program->code[first->pc]);
    for (Warp& w : warps) {
        for (Group& g : w.groups)
            if (g.wait == Group::Barrier && g.barrier == id) g = {g.mask, g.pc + 1};
        for (size_t k = w.groups.size(); k-- > 1;)
            if (w.groups[k].pc == w.groups[0].pc && w.groups[0].wait == Group::Nothing && w.groups[k].wait == Group::Nothing) {
                w.groups[0].mask |= w.groups[k].mask;
                w.groups.erase(w.groups.begin() + k);
            }
    }
    if (all) races.nextPhase();
    else races.syncWarps(members);
    return true;
}

/** `bar.red`: the result of the predicate over all threads that wait, into each of them. */
void Block::reduce(uint32_t id, const Instruction& i) {
    if (i.d == NOWHERE) return;
    uint32_t count = 0, total = 0;
    auto each = [&](auto&& action) {
        for (Warp& w : warps)
            for (Group& g : w.groups)
                if (g.wait == Group::Barrier && g.barrier == id) action(w, g.mask);
    };
    each([&](Warp& w, Mask m) {
        Mask p = w.predicate(i.c) ^ (i.extra & 4 ? ALL_LANES : 0);
        count += (uint32_t)__builtin_popcount(p & m);
        total += (uint32_t)__builtin_popcount(m);
    });
    uint32_t mode = i.extra & 3;
    bool truth = mode == 1 ? count == total : count > 0;
    each([&](Warp& w, Mask m) {
        if (mode) *w.at<Mask>(i.d) = truth ? w.predicate(i.d) | m : w.predicate(i.d) & ~m;
        else
            for (int l = 0; l < LANES; l++)
                if (m >> l & 1) w.at<uint32_t>(i.d)[l] = count;
    });
}

void Block::divergence(const Group& one, const Group& other) {
    const Program& p = *grid.launch.program;
    throw Fault(LAUNCH_FAILED, "kernel " + p.name + ", " + warps[0].where(0) + ": threads of one block meet at different barriers: '" +
                                   p.texts[one.pc] + "' (PTX line " + std::to_string(p.code[one.pc].line) + ") and '" +
                                   p.texts[other.pc] + "' (PTX line " + std::to_string(p.code[other.pc].line) + ")");
}

void Block::deadlock() {
    const Program& p = *grid.launch.program;
    std::string who;
    for (Warp& w : warps)
        for (Group& g : w.groups) {
            if (who.size() > 600) break;
            char lanes[16];
            snprintf(lanes, sizeof lanes, "%08x", g.mask);
            who += "; warp " + std::to_string(w.index) + " lanes 0x" + lanes + " at '" + p.texts[g.pc] + "' (PTX line " +
                   std::to_string(p.code[g.pc].line) + ")";
        }
    throw Fault(LAUNCH_FAILED, "kernel " + p.name + ", " + warps[0].where(0) + ": threads wait for others that never come" + who);
}

}  // namespace softgpu::simt
