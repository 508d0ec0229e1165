#include "simt/grid.h"

#include <algorithm>
#include <numeric>

#include "common/fault.h"

namespace softgpu::simt {

Grid::Grid(const Launch& launch, const AddressSpace& memory, const Policy& policy)
    : launch(launch), memory(memory), policy(policy), random(policy.seed), ranges(launch.program->code.size()) {}

/** Branches that a warp may take before the next one has its turn. */
int64_t Grid::slice() { return policy.order == Order::Random ? 1 + (int64_t)(random() % 400) : 400; }

std::vector<uint64_t> Grid::sequence(uint64_t count) {
    std::vector<uint64_t> s(count);
    std::iota(s.begin(), s.end(), 0);
    if (policy.order == Order::Reverse) std::reverse(s.begin(), s.end());
    if (policy.order == Order::Random) std::shuffle(s.begin(), s.end(), random);
    return s;
}

void Grid::run() {
    if (launch.cooperative) runTogether();
    else runOneByOne();
}

void Grid::runOneByOne() {
    Block block(*this);
    for (uint64_t k : sequence(launch.grid.count())) {
        block.start(k);
        block.stuckAfter = 0;
        while (!block.slice())
            if (block.stuckAfter > policy.watchdog)
                throw Fault(LAUNCH_TIMEOUT, "kernel " + launch.program->name + ", " + block.warps[0].where(0) +
                                                ": spins without end; blocks of an ordinary launch may not wait for "
                                                "each other (launch cooperatively)");
    }
}

void Grid::runTogether() {
    std::vector<std::unique_ptr<Block>> blocks;
    std::vector<Block*> running;
    uint64_t used = 0;
    for (uint64_t k = 0; k < launch.grid.count(); k++) {
        blocks.push_back(std::make_unique<Block>(*this));
        blocks.back()->start(k);
    }
    for (uint64_t k : sequence(launch.grid.count())) running.push_back(blocks[k].get());
    while (!running.empty()) {
        for (size_t k = 0; k < running.size();) {
            uint64_t before = running[k]->stuckAfter;
            bool done = running[k]->slice();
            used += running[k]->stuckAfter - before;
            if (done) running.erase(running.begin() + (long)k);
            else k++;
        }
        if (used > policy.watchdog)
            throw Fault(LAUNCH_TIMEOUT, "kernel " + launch.program->name + ": the blocks of a cooperative launch wait for "
                                                                           "each other without end");
    }
}

void execute(const Launch& launch, const AddressSpace& memory, const Policy& policy) {
    Grid(launch, memory, policy).run();
}

}  // namespace softgpu::simt
