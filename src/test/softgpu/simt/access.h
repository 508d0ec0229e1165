// Checked access to memory: from the lanes' addresses to host pointers, or a fault that names the instruction.
#pragma once
#include <cstdint>

#include "simt/grid.h"
#include "simt/warp.h"

namespace softgpu::simt {

/** Generic addresses of the spaces that are not global carry their space in the top byte. */
constexpr int WINDOW_SHIFT = 56;
constexpr uint64_t SHARED_WINDOW = 1ull << WINDOW_SHIFT, LOCAL_WINDOW = 2ull << WINDOW_SHIFT,
                   PARAM_WINDOW = 3ull << WINDOW_SHIFT;

struct Access {
    Place address;
    uint32_t bytes;
    bool write;
};

/**
 * Fills `to` for all lanes (those not active repeat the first active one). Faults on a misaligned address, one outside every
 * live allocation, or a race in shared memory. Returns whether lanes wrote the same shared word.
 */
bool resolve(Warp& w, const Instruction& i, Mask active, const Access& access, uint8_t* (&to)[LANES]);

/** The same for addresses that are at hand, in a given space. */
bool resolveAt(Warp& w, const Instruction& i, Mask active, ptx::Space space, const Access& access, uint64_t (&at)[LANES],
               uint8_t* (&to)[LANES]);

}  // namespace softgpu::simt
