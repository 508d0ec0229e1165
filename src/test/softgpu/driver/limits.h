// Sizes of the pretended multiprocessors, by compute capability, and what follows from them.
#pragma once
#include <cstdint>

#include "device/module.h"
#include "simt/launch.h"

namespace softgpu {

struct Limits {
    int threadsPerMultiprocessor, blocksPerMultiprocessor;
    int sharedPerMultiprocessor, sharedPerBlockOptIn, sharedReserved;
    int registers = 65536;
};

Limits limits(int computeCapability);
int deviceAttribute(int attribute);
/** What a compiler might use: the registers named in the PTX, as far as the launch bound lets it. */
int registersPerThread(const Function& f);
/** Blocks of a function that fit one multiprocessor: the least of what threads, registers, shared memory and slots allow. */
int blocksPerMultiprocessor(const Function& f, uint32_t threads, uint64_t dynamicShared);

}  // namespace softgpu
