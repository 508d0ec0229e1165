#include "simt/warp.h"

#include <algorithm>

#include "common/fault.h"
#include "simt/grid.h"

namespace softgpu::simt {

std::string Warp::where(uint32_t lane) const {
    uint32_t t = index * LANES + lane;
    const Dim& b = grid->launch.block;
    auto triple = [](uint32_t x, uint32_t y, uint32_t z) {
        return "(" + std::to_string(x) + "," + std::to_string(y) + "," + std::to_string(z) + ")";
    };
    return "block " + triple(block->index.x, block->index.y, block->index.z) + ", thread " +
           triple(t % b.x, t / b.x % b.y, t / (b.x * b.y));
}

void Warp::fail(const Instruction& i, int status, const std::string& what, int lane) const {
    size_t at = &i - program->code.data();
    throw Fault(status, "kernel " + program->name + ", " + where(lane < 0 ? __builtin_ctz(current) : lane) + ": " + what +
                            " at '" + program->texts[at] + "' (PTX line " + std::to_string(i.line) + ")");
}

bool Warp::runnable() const {
    return std::any_of(groups.begin(), groups.end(), [](const Group& g) { return g.wait == Group::Nothing; });
}

/** The group that is furthest behind: it may still reach the others. */
int Warp::pick() {
    int best = -1;
    for (int pass = preferFrom ? 0 : 1; pass < 2 && best < 0; pass++)
        for (size_t k = 0; k < groups.size(); k++) {
            if (groups[k].wait != Group::Nothing || (pass == 0 && groups[k].pc < preferFrom)) continue;
            if (best < 0 || groups[k].pc < groups[best].pc) best = (int)k;
        }
    preferFrom = 0;
    return best;
}

/** Groups at the same instruction become one, unless they have arrived at a barrier. */
void Warp::merge() {
    for (size_t k = 0; k < groups.size(); k++) {
        if (groups[k].wait == Group::Barrier) continue;
        for (size_t n = groups.size(); n-- > k + 1;) {
            if (groups[n].pc != groups[k].pc || groups[n].wait == Group::Barrier) continue;
            groups[k].mask |= groups[n].mask;
            groups[k].wait = Group::Nothing;
            groups.erase(groups.begin() + n);
        }
    }
}

uint32_t Warp::nextStop(size_t which, uint32_t pc) const {
    uint32_t stop = ~0u;
    for (size_t k = 0; k < groups.size(); k++)
        if (k != which && groups[k].wait != Group::Barrier && groups[k].pc > pc) stop = std::min(stop, groups[k].pc);
    return stop;
}

void Warp::run(int64_t& budget) {
    for (int which; (which = pick()) >= 0;) {
        execute((size_t)which, budget);
        if (budget > 0) continue;
        if (groups.size() > 1 && (size_t)which < groups.size()) preferFrom = groups[which].pc + 1;
        return;
    }
}

void Warp::execute(size_t which, int64_t& budget) {
    const Mask mask = current = groups[which].mask;
    uint32_t pc = groups[which].pc, stop = nextStop(which, pc);
    const bool alone = groups.size() == 1;
    for (;;) {
        const Instruction& i = program->code[pc];
        Mask active = mask;
        if (i.guard != NOWHERE) active &= i.guardNegated ? ~predicate(i.guard) : predicate(i.guard);
        switch (i.flow) {
            case Flow::Plain:
                if (active) i.run(*this, i, active);
                pc++;
                break;
            case Flow::Branch:
                budget--;
                if (active && active != mask) {
                    groups[which] = {mask & ~active, pc + 1};
                    groups.push_back({active, i.target});
                    return merge();
                }
                pc = active ? i.target : pc + 1;
                if (budget > 0 && (alone || !active)) break;
                groups[which].pc = pc;
                return merge();
            case Flow::BranchIndexed: budget--; return branchIndexed(which, i, active, mask, pc);
            case Flow::Exit:
                live &= ~active;
                if (active == mask) groups.erase(groups.begin() + which);
                else groups[which] = {mask & ~active, pc + 1};
                return merge();
            case Flow::Barrier:
                if (active != mask) groups.push_back({mask & ~active, pc + 1});
                groups[which] = {active, pc};
                if (!active) groups.erase(groups.begin() + which);
                else i.run(*this, i, active);
                return merge();
            case Flow::Collective:
                if (active && !collective(i, active)) {
                    groups[which] = {active, pc, Group::Lanes};
                    if (active != mask) groups.push_back({mask & ~active, pc + 1});
                    return;
                }
                pc++;
                break;
        }
        if (pc >= stop) {
            groups[which].pc = pc;
            return merge();
        }
    }
}

void Warp::branchIndexed(size_t which, const Instruction& i, Mask active, Mask mask, uint32_t pc) {
    if (active != mask) groups.push_back({mask & ~active, pc + 1});
    groups.erase(groups.begin() + which);
    const uint32_t* chosen = at<uint32_t>(i.a);
    for (int l = 0; l < LANES; l++) {
        if (!(active >> l & 1)) continue;
        if (chosen[l] >= i.extra) fail(i, LAUNCH_FAILED, "index beyond the branch targets", l);
        groups.push_back({1u << l, program->lists[i.list + chosen[l]]});
    }
    merge();
}

/** Executes if all live lanes that the members' mask names are here; otherwise nothing has happened. */
bool Warp::collective(const Instruction& i, Mask active) {
    const uint32_t* members = at<uint32_t>(i.e);
    for (Mask rest = active; rest; rest &= rest - 1) {
        int lane = __builtin_ctz(rest);
        if (!(members[lane] >> lane & 1)) fail(i, LAUNCH_FAILED, "the executing lane is not in the mask of members", lane);
        if (members[lane] & live & ~active) return false;
    }
    for (Mask rest = active; rest;) {
        Mask of = members[__builtin_ctz(rest)], subset = 0;
        for (int l = 0; l < LANES; l++) subset |= (rest >> l & 1) && members[l] == of ? 1u << l : 0;
        if (subset != (of & live)) fail(i, LAUNCH_FAILED, "lanes of one collective operation name different members");
        current = subset;
        i.run(*this, i, subset);
        rest &= ~subset;
    }
    return true;
}

}  // namespace softgpu::simt
