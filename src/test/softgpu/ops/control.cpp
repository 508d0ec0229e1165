// Branches, calls, ends of threads, barriers of the block.
#include "common/fault.h"
#include "ops/families.h"
#include "ops/lanes.h"
#include "simt/grid.h"

namespace softgpu::ops {
namespace {

void lowerBra(Builder& b, const ptx::Statement&, Instruction& i) { b.branch(i, b.operand(0).name); }

void lowerBrx(Builder& b, const ptx::Statement& s, Instruction& i) {
    auto* targets = b.targets(b.operand(1).name);
    if (!targets) b.fail("'" + s.opcode() + "': no .branchtargets of that name");
    i.a = b.source(b.operand(0), 4);
    b.branchIndexed(i, *targets);
}

void lowerRet(Builder& b, const ptx::Statement&, Instruction& i) { b.leave(i); }

void lowerExit(Builder& b, const ptx::Statement&, Instruction& i) {
    i.flow = simt::Flow::Exit;
    b.emit(i);
}

void trap(Warp& w, const Instruction& i, Mask) { w.fail(i, LAUNCH_FAILED, "trap"); }
void failAssertion(Warp& w, const Instruction& i, Mask) { w.fail(i, ASSERT, "an assertion of the kernel failed"); }

void lowerTrap(Builder& b, const ptx::Statement&, Instruction& i) {
    i.run = trap;
    b.emit(i);
}

void lowerCall(Builder& b, const ptx::Statement& s, Instruction& i) {
    for (auto& o : s.operands)
        if (o.kind == ptx::Operand::Name && o.name == "__assertfail") {
            i.run = failAssertion;
            return b.emit(i);
        }
    b.call(s, i);
}

/** The group of lanes that runs arrives: Block releases it. */
void arrive(Warp& w, const Instruction& i, Mask active) {
    simt::Group* mine = nullptr;
    for (auto& g : w.groups)
        if (g.mask == active) mine = &g;
    int lane = __builtin_ctz(active);
    mine->wait = simt::Group::Barrier;
    mine->barrier = w.at<uint32_t>(i.a)[lane];
    mine->expected = i.b == NOWHERE ? 0 : w.at<uint32_t>(i.b)[lane];
    if (mine->barrier > 15 || mine->expected % LANES) w.fail(i, LAUNCH_FAILED, "not a barrier's number or number of threads", lane);
}

void lowerBar(Builder& b, const ptx::Statement& s, Instruction& i) {
    if (s.has("warp")) return lowerWarpBarrier(b, s, i);
    onlyModifiers(b, s, {"sync", "red", "aligned", "cta", "popc", "and", "or", "u32", "pred"});
    i.flow = simt::Flow::Barrier;
    i.run = arrive;
    size_t at = 0, last = b.operands();
    if (s.has("red")) {
        i.extra = s.has("popc") ? 0 : s.has("and") ? 1 : 2;
        i.d = i.extra ? b.predicateDestination(b.operand(0).name) : b.destination(b.operand(0), 4);
        ptx::Operand p = b.operand(--last);
        i.extra |= p.negated ? 4u : 0u;
        p.negated = false;
        i.c = b.predicate(p);
        at = 1;
    } else if (!s.has("sync")) {
        b.fail("'" + s.opcode() + "' is not implemented by the software device");
    }
    i.a = b.source(b.operand(at), 4);
    if (at + 1 < last) i.b = b.source(b.operand(at + 1), 4);
    b.emit(i);
}

void lowerNothing(Builder&, const ptx::Statement&, Instruction&) {}

}  // namespace

void addControl(Table& t) {
    t["bra"] = lowerBra;
    t["brx"] = lowerBrx;
    t["ret"] = lowerRet;
    t["exit"] = lowerExit;
    t["trap"] = lowerTrap;
    t["call"] = lowerCall;
    t["bar"] = lowerBar;
    t["barrier"] = lowerBar;
    t["nanosleep"] = lowerNothing;
    t["pmevent"] = lowerNothing;
}

}  // namespace softgpu::ops
