// A warp: 32 lanes with a common register file, in groups of lanes that stand at the same instruction.
#pragma once
#include <string>
#include <vector>

#include "simt/launch.h"
#include "simt/program.h"

namespace softgpu::simt {

struct Block;
struct Grid;

/** Lanes that run together. What they wait for, if anything, keeps them at `pc`. */
struct Group {
    enum Wait : uint8_t { Nothing, Lanes, Barrier };
    Mask mask = 0;
    uint32_t pc = 0;
    Wait wait = Nothing;
    uint32_t barrier = 0, expected = 0;  // id and number of threads, 0: all of the block
};

/** An asynchronous copy to shared memory that has been asked for and not yet waited for. */
struct PendingCopy {
    uint32_t lane, bytes, filled, code;
    uint64_t to, from;
};

struct Warp {
    uint8_t* base[2] = {nullptr, nullptr};  // registers, constants
    uint8_t* local = nullptr;               // one region per lane
    const Program* program = nullptr;
    Block* block = nullptr;
    Grid* grid = nullptr;
    uint32_t index = 0;
    Mask live = 0, current = 0;  // `current`: lanes of the group that runs
    std::vector<Group> groups;
    uint32_t preferFrom = 0;  // fairness: after a full time slice another group goes first
    std::vector<PendingCopy> copies;
    std::vector<size_t> copyGroups;

    template <class T>
    T* at(Place p) {
        return reinterpret_cast<T*>(base[p >> 31] + (p & ~CONSTANT));
    }
    Mask predicate(Place p) { return *at<Mask>(p); }

    /** Runs until every group waits or has ended, or the slice of `budget` branches is used up. */
    void run(int64_t& budget);
    bool runnable() const;
    /** A fault of an instruction, with kernel, block, thread, text and line. */
    [[noreturn]] void fail(const Instruction& i, int status, const std::string& what, int lane = -1) const;
    std::string where(uint32_t lane) const;

  private:
    int pick();
    void merge();
    void execute(size_t which, int64_t& budget);
    bool collective(const Instruction& i, Mask active);
    void branchIndexed(size_t which, const Instruction& i, Mask active, Mask mask, uint32_t pc);
    uint32_t nextStop(size_t which, uint32_t pc) const;
};

}  // namespace softgpu::simt
