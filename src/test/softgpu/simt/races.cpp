#include "simt/races.h"

#include <algorithm>

namespace softgpu::simt {

Races::Races(uint32_t sharedBytes, uint32_t warps) : warps(warps) {
    size_t words = sharedBytes / 4 + LANES + 4;
    for (Side* s : {&writes, &reads})
        for (auto* v : {&s->stamp, &s->code, &s->time}) v->assign(words, 0);
    wholeWarp.assign(warps, 0);
}

void Races::nextPhase() {
    if (++phase < LAST_PHASE) return;
    phase = 1;
    for (Side* s : {&writes, &reads}) std::fill(s->stamp.begin(), s->stamp.end(), 0);
}

void Races::syncWarp(uint32_t warp, Mask members) {
    clock++;
    if (members == ALL_LANES) {
        wholeWarp[warp] = clock;
        return;
    }
    if (lanePairs.empty()) lanePairs.assign((size_t)warps * LANES * LANES, 0);
    for (int i = 0; i < LANES; i++)
        for (int j = 0; j < LANES; j++)
            if (members >> i & members >> j & 1) lanePairs[((size_t)warp * LANES + i) * LANES + j] = clock;
}

void Races::syncWarps(const std::vector<uint32_t>& members) {
    clock++;
    if (warpPairs.empty()) warpPairs.assign((size_t)warps * warps, 0);
    for (uint32_t i : members)
        for (uint32_t j : members) warpPairs[(size_t)i * warps + j] = clock;
}

bool Races::ordered(uint32_t warp, uint32_t lane, uint32_t otherThread, bool several, uint32_t time) const {
    uint32_t otherWarp = otherThread / LANES;
    if (!warpPairs.empty() && warpPairs[(size_t)warp * warps + otherWarp] > time) return true;
    if (otherWarp != warp) return false;
    if (wholeWarp[warp] > time) return true;
    return !several && !lanePairs.empty() &&
           lanePairs[((size_t)warp * LANES + lane) * LANES + otherThread % LANES] > time;
}

/** Whether partial barriers since then have brought this warp together with every other one. */
bool Races::orderedAfterAll(uint32_t warp, uint32_t time) const {
    if (warpPairs.empty()) return false;
    for (uint32_t other = 0; other < warps; other++)
        if (other != warp && warpPairs[(size_t)warp * warps + other] <= time) return false;
    return true;
}

/** Whether an earlier access recorded on this side conflicts with this one. */
bool Races::conflicts(const Access& access, const Side& side, bool written, uint32_t lane, uint32_t word,
                      uint32_t bytes) {
    uint32_t stamp = side.stamp[word], code = side.code[word], thread = access.warp * LANES + lane;
    if (stamp >> PHASE_SHIFT != phase || !(code >> BYTES_SHIFT & bytes)) return false;
    if (access.strong && code & STRONG) return false;
    if (stamp & FOREIGN) return !orderedAfterAll(access.warp, side.time[word]);
    bool several = stamp & SEVERAL;
    if (!several && (stamp & THREAD) == thread) return false;
    if (ordered(access.warp, lane, stamp & THREAD, several, side.time[word])) return false;
    bool sameInstruction = written && access.write && (code & CODE) == access.code &&
                           (stamp & THREAD) / LANES == access.warp && side.time[word] == clock;
    overlap |= sameInstruction;
    return !sameInstruction;
}

void Races::record(const Access& access, uint32_t lane, uint32_t word, uint32_t bytes, bool several) {
    Side& side = access.write ? writes : reads;
    uint32_t thread = access.warp * LANES + lane, old = side.stamp[word], stamp = phase << PHASE_SHIFT | thread;
    uint32_t kept = 0;
    bool foreign = (old & FOREIGN) || (old & THREAD) / LANES != access.warp;
    bool before = !foreign && wholeWarp[access.warp] > side.time[word];  // an earlier read, ordered by __syncwarp
    if (!access.write && old >> PHASE_SHIFT == phase && !before) {
        bool other = (old & THREAD) != thread;
        stamp |= (old & (SEVERAL | FOREIGN)) | (other ? SEVERAL : 0u);
        if ((old & THREAD) / LANES != access.warp) stamp |= FOREIGN;
        kept = side.code[word] & (0xfu << BYTES_SHIFT);
    }
    if (several) stamp |= SEVERAL;
    side.stamp[word] = stamp;
    side.code[word] = access.code | (access.strong ? STRONG : 0) | bytes << BYTES_SHIFT | kept;
    side.time[word] = clock;
}

bool Races::touchWord(const Access& access, uint32_t lane, uint32_t word, uint32_t bytes, Conflict& conflict) {
    bool write = conflicts(access, writes, true, lane, word, bytes);
    if (write || (access.write && conflicts(access, reads, false, lane, word, bytes))) {
        const Side& side = write ? writes : reads;
        conflict = {true, write, side.stamp[word] & THREAD, side.code[word] & CODE, word, lane};
        return false;
    }
    record(access, lane, word, bytes, false);
    return true;
}

bool Races::sameAddress(Mask active, const uint64_t* at) const {
    uint64_t first = at[__builtin_ctz(active)], differ = 0;
    for (int l = 0; l < LANES; l++) differ |= (active >> l & 1) ? at[l] ^ first : 0;
    return differ == 0;
}

/** All lanes, one whole word each, one after the other. */
bool Races::streak(const Access& access, Mask active, const uint64_t* at) const {
    if (active != ALL_LANES || access.bytes != 4) return false;
    uint64_t differ = 0;
    for (int l = 0; l < LANES; l++) differ |= at[l] ^ (at[0] + 4 * l);
    return differ == 0;
}

/** The common case at the price of a few vector instructions; false: nothing recorded, look at each lane. */
bool Races::touchStreak(const Access& access, uint32_t word) {
    const uint32_t first = access.warp * LANES, now = phase;
    uint32_t *w = &writes.stamp[word], *r = &reads.stamp[word], suspicious = 0;
    for (uint32_t l = 0; l < LANES; l++) {
        suspicious |= (uint32_t)(w[l] >> PHASE_SHIFT == now) & (uint32_t)((w[l] & THREAD) != first + l);
        if (access.write)
            suspicious |= (uint32_t)(r[l] >> PHASE_SHIFT == now) & (uint32_t)((r[l] & (THREAD | SEVERAL)) != first + l);
    }
    if (suspicious) return false;
    const uint32_t code = access.code | (access.strong ? STRONG : 0) | 0xfu << BYTES_SHIFT;
    Side& side = access.write ? writes : reads;
    uint32_t *stamp = &side.stamp[word], *codes = &side.code[word], *times = &side.time[word];
    const uint32_t synced = wholeWarp[access.warp];
    for (uint32_t l = 0; l < LANES; l++) {
        uint32_t old = stamp[l], fresh = now << PHASE_SHIFT | (first + l);
        uint32_t marks = (old & (SEVERAL | FOREIGN)) | ((old & THREAD) != first + l ? SEVERAL : 0u) |
                         ((old & THREAD) / LANES != access.warp ? FOREIGN : 0u);
        bool foreign = marks & FOREIGN;
        bool merge = !access.write && old >> PHASE_SHIFT == now && (foreign || synced <= times[l]);
        stamp[l] = merge ? fresh | marks : fresh;
        codes[l] = code;
        times[l] = clock;
    }
    return true;
}

Races::Conflict Races::touch(const Access& access, Mask active, const uint64_t* at) {
    Conflict conflict;
    overlap = false;
    if (access.bytes >= 4 && !access.write && sameAddress(active, at)) {
        uint32_t lane = (uint32_t)__builtin_ctz(active);
        bool several = (active & (active - 1)) != 0;
        for (uint32_t k = 0; k < access.bytes / 4; k++) {
            uint32_t word = (uint32_t)(at[lane] / 4 + k);
            if (!touchWord(access, lane, word, 0xf, conflict)) return conflict;
            if (several) reads.stamp[word] |= SEVERAL;
        }
        return conflict;
    }
    if (streak(access, active, at) && touchStreak(access, (uint32_t)(at[0] / 4))) return conflict;
    for (uint32_t l = 0; l < LANES; l++) {
        if (!(active >> l & 1)) continue;
        uint32_t word = (uint32_t)(at[l] / 4);
        if (access.bytes < 4) {
            uint32_t bytes = ((1u << access.bytes) - 1) << at[l] % 4;
            if (!touchWord(access, l, word, bytes, conflict)) return conflict;
        }
        for (uint32_t k = 0; k < access.bytes / 4; k++)
            if (!touchWord(access, l, word + k, 0xf, conflict)) return conflict;
    }
    return conflict;
}

}  // namespace softgpu::simt
