// cp.async: copies from global to shared memory that happen no sooner than they are waited for.
#include <cstring>

#include "common/fault.h"
#include "ops/families.h"
#include "ops/lanes.h"
#include "simt/access.h"

namespace softgpu::ops {
namespace {

/** Remembers the copy; d is the address in shared memory, a the one in global memory. */
void request(Warp& w, const Instruction& i, Mask active) {
    for (int l = 0; l < LANES; l++) {
        if (!(active >> l & 1)) continue;
        uint64_t to = i.wideAddress ? w.at<uint64_t>(i.a)[l] : w.at<uint32_t>(i.a)[l];
        uint64_t from = w.at<uint64_t>(i.b)[l];
        uint32_t filled = i.c == NOWHERE ? i.width : w.at<uint32_t>(i.c)[l];
        if (filled > i.width) w.fail(i, LAUNCH_FAILED, "more bytes to read than to write", l);
        uint32_t code = (uint32_t)(&i - w.program->code.data());
        w.copies.push_back({(uint32_t)l, i.width, filled, code, to + (uint64_t)i.displacement, from + i.extra});
    }
}

void perform(Warp& w, const simt::PendingCopy& c) {
    const Instruction& i = w.program->code[c.code];
    uint64_t to[LANES], from[LANES];
    uint8_t *d[LANES], *s[LANES];
    for (int l = 0; l < LANES; l++) to[l] = c.to, from[l] = c.from;
    simt::resolveAt(w, i, 1u << c.lane, ptx::Space::Shared, {0, c.bytes, true}, to, d);
    memset(d[c.lane], 0, c.bytes);
    if (c.filled == 0) return;
    simt::resolveAt(w, i, 1u << c.lane, ptx::Space::Global, {0, c.bytes, false}, from, s);
    memcpy(d[c.lane], s[c.lane], c.filled);
}

void commit(Warp& w, const Instruction&, Mask) { w.copyGroups.push_back(w.copies.size()); }

/** extra: number of the youngest groups that may stay under way; ~0: none, and no commit needed. */
void wait(Warp& w, const Instruction& i, Mask) {
    size_t done = 0;
    if (i.extra == ~0u) {
        done = w.copies.size();
        w.copyGroups.clear();
    } else {
        while (w.copyGroups.size() > i.extra) {
            done = w.copyGroups.front();
            w.copyGroups.erase(w.copyGroups.begin());
        }
    }
    for (size_t k = 0; k < done; k++) perform(w, w.copies[k]);
    w.copies.erase(w.copies.begin(), w.copies.begin() + (long)done);
    for (auto& g : w.copyGroups) g -= done;
}

void lowerRequest(Builder& b, const ptx::Statement& s, Instruction& i) {
    onlyModifiers(b, s, {"async", "ca", "cg", "shared", "shared::cta", "global", "L2::64B", "L2::128B", "L2::256B"});
    i.run = request;
    i.width = (uint8_t)b.operand(2).value;
    if (i.width != 4 && i.width != 8 && i.width != 16) b.fail("a copy of 4, 8 or 16 bytes is expected");
    Instruction source;
    b.address(b.operand(1), source);
    b.address(b.operand(0), i);
    i.b = source.a;
    i.extra = (uint32_t)source.displacement;
    if (b.operands() > 3) i.c = b.source(b.operand(3), 4);
    b.emit(i);
}

void lowerCopy(Builder& b, const ptx::Statement& s, Instruction& i) {
    if (!s.has("async")) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    if (s.has("commit_group")) {
        i.run = commit;
    } else if (s.has("wait_group") || s.has("wait_all")) {
        i.run = wait;
        i.extra = s.has("wait_all") ? ~0u : (uint32_t)b.operand(0).value;
    } else {
        return lowerRequest(b, s, i);
    }
    b.emit(i);
}

}  // namespace

void addCopy(Table& t) { t["cp"] = lowerCopy; }

}  // namespace softgpu::ops
