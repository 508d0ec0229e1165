// Device memory: a range of addresses of its own, in which no address is ever used twice, so that an access to freed
// memory is always seen. Fresh memory holds 0xFF bytes: NaN as floats.
#pragma once
#include <map>

#include "simt/launch.h"

namespace softgpu {

class Memory : public simt::AddressSpace {
  public:
    Memory();
    ~Memory() override;
    /** Fault(OUT_OF_MEMORY) when the capacity would be passed. `owner` is an opaque context. */
    uint64_t allocate(uint64_t bytes, const void* owner);
    /** False if no live allocation begins there. */
    bool release(uint64_t address);
    void releaseAll(const void* owner);

    simt::Range find(uint64_t address) const override;
    std::string describe(uint64_t address) const override;
    /** Whether the bytes lie within one live allocation. */
    bool holds(uint64_t address, uint64_t bytes) const;
    /** Whether an address belongs to the device, live or not: then it is no host pointer. */
    bool owns(uint64_t address) const;

    uint64_t capacity = 0;
    uint64_t used() const { return usedBytes; }
    uint64_t peak = 0;
    size_t count() const { return live.size(); }
    uint64_t calls = 0;

  private:
    struct Allocation {
        uint64_t bytes;
        const void* owner;
    };
    std::map<uint64_t, Allocation> live;
    std::map<uint64_t, uint64_t> freed;
    uint64_t base = 0, top = 0, backed = 0, usedBytes = 0;
    int fresh = -1;  // file

    void back(uint64_t to);
};

}  // namespace softgpu
