// A block with its warps and shared memory, and a grid with what its blocks have in common.
#pragma once
#include <memory>
#include <random>
#include <vector>

#include "simt/launch.h"
#include "simt/races.h"
#include "simt/warp.h"

namespace softgpu::simt {

struct Block {
    Block(Grid& grid);
    /** Starts the block of this index, with fresh registers and shared memory. */
    void start(uint64_t linearIndex);
    /** Each warp runs for a slice at most; true when all threads have ended. */
    bool slice();
    uint64_t stuckAfter = 0;  // branches so far

    Grid& grid;
    Dim index;
    uint64_t linear = 0;
    uint32_t threads;
    std::vector<uint8_t> shared;
    Races races;
    std::vector<Warp> warps;

  private:
    std::vector<uint8_t> registers, locals;
    std::vector<uint32_t> order;

    void startWarp(Warp& w);
    void fillSpecials(Warp& w, bool ofBlock);
    uint32_t special(Special which, uint32_t warp, uint32_t lane) const;
    bool releaseBarriers();
    bool releaseBarrier(uint32_t id);
    void reduce(uint32_t id, const Instruction& i);
    [[noreturn]] void deadlock();
    [[noreturn]] void divergence(const Group& one, const Group& other);
};

struct Grid {
    Grid(const Launch& launch, const AddressSpace& memory, const Policy& policy);
    void run();

    const Launch& launch;
    const AddressSpace& memory;
    const Policy& policy;
    std::mt19937_64 random;
    std::vector<Range> ranges;  // per instruction: the allocation it hit last

    int64_t slice();
    std::vector<uint64_t> sequence(uint64_t count);

  private:
    void runOneByOne();
    void runTogether();
};

}  // namespace softgpu::simt
