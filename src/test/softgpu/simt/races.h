// Finds two threads of a block that touch one shared word without a barrier between them, one of them writing.
#pragma once
#include <cstdint>
#include <vector>

#include "simt/program.h"

namespace softgpu::simt {

/**
 * Shadow of a block's shared memory, a cell per 32-bit word: who wrote last and who read, in which phase. A phase ends at a
 * barrier of the whole block; within a warp, __syncwarp orders too. Atomic, volatile and relaxed accesses ("strong") do not
 * race with each other.
 */
class Races {
  public:
    struct Conflict {
        bool found = false, otherWrote = false;
        uint32_t otherThread = 0, otherCode = 0, word = 0, lane = 0;
    };
    struct Access {
        uint32_t warp, code, bytes;
        bool write, strong;
    };

    Races(uint32_t sharedBytes, uint32_t warps);

    /** A barrier of all threads, or a new block in the same shadow. */
    void nextPhase();
    /** __syncwarp by these lanes. */
    void syncWarp(uint32_t warp, Mask members);
    /** A barrier of some of the warps only: orders each pair of them. */
    void syncWarps(const std::vector<uint32_t>& warps);

    /** Checks and records an access of the active lanes at byte addresses `at` (in bounds). */
    Conflict touch(const Access& access, Mask active, const uint64_t* at);
    /** Whether lanes of the last touch wrote the same word: then the values must agree. */
    bool overlapped() const { return overlap; }

  private:
    // A stamp: phase, then SEVERAL and FOREIGN for readers, then the thread.
    static constexpr uint32_t THREAD = 0x3ff, SEVERAL = 0x400, FOREIGN = 0x800, PHASE_SHIFT = 12;
    static constexpr uint32_t LAST_PHASE = (1u << 20) - 1;
    // Beside a stamp: instruction, strength and bytes of the word.
    static constexpr uint32_t CODE = 0x07ffffff, STRONG = 0x08000000, BYTES_SHIFT = 28;

    struct Side {
        std::vector<uint32_t> stamp, code, time;
    };
    Side writes, reads;
    uint32_t phase = 1, warps, clock = 1;
    std::vector<uint32_t> lanePairs;  // per warp 32 x 32: clock of the last __syncwarp of both; allocated at the first partial one
    std::vector<uint32_t> wholeWarp;  // clock of the last __syncwarp of the whole warp
    std::vector<uint32_t> warpPairs;  // clock of the last partial barrier of both warps
    bool overlap = false;

    bool sameAddress(Mask active, const uint64_t* at) const;
    bool streak(const Access& access, Mask active, const uint64_t* at) const;
    bool touchStreak(const Access& access, uint32_t word);
    bool touchWord(const Access& access, uint32_t lane, uint32_t word, uint32_t bytes, Conflict& conflict);
    bool conflicts(const Access& access, const Side& side, bool written, uint32_t lane, uint32_t word, uint32_t bytes);
    bool ordered(uint32_t warp, uint32_t lane, uint32_t otherThread, bool several, uint32_t time) const;
    bool orderedAfterAll(uint32_t warp, uint32_t time) const;
    void record(const Access& access, uint32_t lane, uint32_t word, uint32_t bytes, bool several);
};

}  // namespace softgpu::simt
