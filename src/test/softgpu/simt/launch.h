// What the interpreter needs to know of a launch and of the device around it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "simt/program.h"

namespace softgpu::simt {

struct Dim {
    uint32_t x = 1, y = 1, z = 1;
    uint64_t count() const { return (uint64_t)x * y * z; }
};

struct Range {
    uint64_t from = 1, to = 0;
    bool holds(uint64_t lo, uint64_t hi) const { return lo >= from && hi <= to; }
};

/** The device's memory as a kernel sees it. */
struct AddressSpace {
    virtual ~AddressSpace() = default;
    /** The live allocation that holds the address; an empty range if there is none. */
    virtual Range find(uint64_t address) const = 0;
    /** Words about an address for a message: beyond which allocation it lies. */
    virtual std::string describe(uint64_t address) const = 0;
};

enum class Order : uint8_t { Forward, Reverse, Random };

struct Launch {
    const Program* program = nullptr;
    Dim grid, block;
    uint32_t dynamicShared = 0;
    std::vector<uint8_t> parameters;
    bool cooperative = false;
};

struct Policy {
    Order order = Order::Forward;
    uint64_t seed = 0;
    bool races = true;
    uint64_t watchdog = 400'000'000;  // branches of one block (of all, if cooperative) before it counts as stuck
};

/** Runs all blocks; throws Fault for what the kernel does wrong. */
void execute(const Launch& launch, const AddressSpace& memory, const Policy& policy);

}  // namespace softgpu::simt
