#include "driver/limits.h"

#include <algorithm>

#include "device/device.h"

namespace softgpu {

Limits limits(int cc) {
    constexpr int K = 1024;
    if (cc < 80) return {1024, 16, 64 * K, 64 * K, 0};
    if (cc == 80) return {2048, 32, 164 * K, 163 * K, K};
    if (cc == 87) return {1536, 16, 164 * K, 163 * K, K};
    if (cc < 89) return {1536, 16, 100 * K, 99 * K, K};
    if (cc == 89) return {1536, 24, 100 * K, 99 * K, K};
    if (cc < 120) return {2048, 32, 228 * K, 227 * K, K};
    return {1536, 24, 100 * K, 99 * K, K};
}

int deviceAttribute(int attribute) {
    const Settings& s = device().settings;
    Limits l = limits(s.computeCapability);
    switch (attribute) {
        case 1: case 2: case 3: return 1024;           // threads of a block, and its x and y
        case 4: return 64;                             // z of a block
        case 5: return 2147483647;                     // x of a grid
        case 6: case 7: return 65535;                  // y and z of a grid
        case 8: return 48 << 10;                       // shared memory per block
        case 9: return 64 << 10;                       // constant memory
        case 10: return simt::LANES;                   // warp size
        case 11: return 2147483647;                    // pitch
        case 12: return l.registers;                   // registers per block
        case 13: case 36: return 1000000;              // clock rates in kHz: of no meaning here
        case 14: return 512;                           // texture alignment
        case 15: case 40: return 1;                    // copies beside kernels
        case 16: return s.multiprocessors;
        case 31: return 1;                             // concurrent kernels
        case 37: return 64;                            // bus width
        case 38: return 1 << 20;                       // L2 bytes
        case 39: return l.threadsPerMultiprocessor;
        case 41: return 1;                             // unified addressing
        case 75: return s.computeCapability / 10;
        case 76: return s.computeCapability % 10;
        case 78: return 1;                             // stream priorities
        case 81: return l.sharedPerMultiprocessor;
        case 82: return l.registers;                   // registers per multiprocessor
        case 95: return 1;                             // cooperative launch
        case 97: return l.sharedPerBlockOptIn;
        case 106: return l.blocksPerMultiprocessor;
        case 111: return l.sharedReserved;
        case 115: return 1;                            // memory pools: cuMemAllocAsync
        default: return 0;
    }
}

int registersPerThread(const Function& f) {
    int room = limits(device().settings.computeCapability).registers / std::max(f.program->maxThreads, 1);
    return std::max(16, std::min({f.program->registersPerThread, room / 8 * 8, 255}));
}

int blocksPerMultiprocessor(const Function& f, uint32_t threads, uint64_t dynamicShared) {
    Limits l = limits(device().settings.computeCapability);
    if (threads == 0 || threads > (uint32_t)f.program->maxThreads) return 0;
    int warps = (int)(threads + simt::LANES - 1) / simt::LANES;
    int registersPerWarp = (registersPerThread(f) * simt::LANES + 255) / 256 * 256;
    uint64_t shared = f.program->sharedBytes + dynamicShared;
    if (shared > (uint64_t)l.sharedPerBlockOptIn) return 0;
    uint64_t granule = device().settings.computeCapability < 80 ? 256 : 128;
    shared = (shared + (uint64_t)l.sharedReserved + granule - 1) / granule * granule;
    int byThreads = l.threadsPerMultiprocessor / simt::LANES / warps;
    int byRegisters = l.registers / registersPerWarp / warps;
    int byShared = shared ? (int)((uint64_t)l.sharedPerMultiprocessor / shared) : l.blocksPerMultiprocessor;
    return std::min({l.blocksPerMultiprocessor, byThreads, byRegisters, byShared});
}

}  // namespace softgpu
