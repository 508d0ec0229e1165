// Allocation of device and pinned host memory.
#include <cstdlib>
#include <cstring>

#include "driver/api.h"

using namespace softgpu;

namespace {

uint64_t allocate(size_t bytes) {
    require(bytes > 0, "an allocation of no bytes");
    device().counters.add("alloc");
    if (Injection::due(device().injection.allocation)) throw Fault(OUT_OF_MEMORY, "failure that the test asked for");
    return device().memory.allocate(bytes, &requireContext());
}

void release(uint64_t address) {
    device().counters.add("free");
    if (!device().memory.release(address)) throw Fault(INVALID_VALUE, "free of what is not allocated: " + device().memory.describe(address));
}

void* allocateHost(size_t bytes, unsigned flags) {
    require(bytes > 0, "an allocation of no bytes");
    refuseDuringCapture("an allocation of host memory");
    device().counters.add("host.alloc");
    if (Injection::due(device().injection.hostAllocation)) throw Fault(OUT_OF_MEMORY, "failure that the test asked for");
    void* p = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (!p) throw Fault(OUT_OF_MEMORY, "the host has no memory left");
    memset(p, 0xFF, bytes);
    device().pinned[(uint64_t)p] = {bytes, flags, &requireContext()};
    return p;
}

}  // namespace

API int cuMemAlloc_v2(uint64_t* address, size_t bytes) {
    CALL(CurrentContext, {
        refuseDuringCapture("cuMemAlloc");
        *address = allocate(bytes);
    });
}

API int cuMemFree_v2(uint64_t address) {
    CALL(CurrentContext, {
        if (!address) return;
        refuseDuringCapture("cuMemFree");
        finishAll(requireContext());
        release(address);
    });
}

/** The memory is there at once; giving it back is ordered in the stream. */
API int cuMemAllocAsync(uint64_t* address, size_t bytes, void* stream) {
    CALL(CurrentContext, {
        if (streamOf(stream).capture) throw Fault(NOT_SUPPORTED, "allocation nodes in graphs are not implemented");
        *address = allocate(bytes);
    });
}

API int cuMemFreeAsync(uint64_t address, void* stream) {
    CALL(CurrentContext, {
        if (streamOf(stream).capture) throw Fault(NOT_SUPPORTED, "free nodes in graphs are not implemented");
        require(device().memory.find(address).from == address, "free of what is not allocated");
        Work w;
        w.action = [address] { release(address); };
        submit(streamOf(stream), std::move(w));
    });
}

API int cuMemGetInfo_v2(size_t* free, size_t* total) {
    CALL(CurrentContext, {
        const Memory& m = device().memory;
        *total = m.capacity;
        *free = m.capacity > m.used() ? m.capacity - m.used() : 0;
    });
}

API int cuMemGetAddressRange_v2(uint64_t* base, size_t* bytes, uint64_t address) {
    CALL(CurrentContext, {
        simt::Range r = device().memory.find(address);
        if (r.from > r.to) throw Fault(NOT_FOUND, device().memory.describe(address));
        if (base) *base = r.from;
        if (bytes) *bytes = r.to - r.from;
    });
}

API int cuMemHostAlloc(void** p, size_t bytes, unsigned flags) {
    CALL(CurrentContext, { *p = allocateHost(bytes, flags); });
}

API int cuMemAllocHost_v2(void** p, size_t bytes) {
    CALL(CurrentContext, { *p = allocateHost(bytes, 0); });
}

API int cuMemFreeHost(void* p) {
    CALL(CurrentContext, {
        refuseDuringCapture("cuMemFreeHost");
        device().counters.add("host.free");
        auto found = device().pinned.find((uint64_t)p);
        require(found != device().pinned.end(), "not pinned memory");
        finishAll(requireContext());
        device().pinned.erase(found);
        free(p);
    });
}
