// What the device pretends to be and how it schedules. Each setting has a name for SoftGpu and one for the environment.
#pragma once
#include <cstdint>
#include <string>

namespace softgpu {

/** Order in which independent streams make progress when the host waits for one of them. */
enum class StreamOrder { Lazy, Eager, Random };

struct Settings {
    int devices = 1;
    int driverVersion = 12060;
    int blasVersion = 120600;
    int computeCapability = 75;
    int multiprocessors = 4;
    uint64_t memory = 4ull << 30;
    bool refusePtx = false;
    std::string order = "forward";  // of blocks, warps and atomic lanes: forward, reverse, random
    std::string streams = "lazy";   // lazy, eager, random
    uint64_t seed = 1;
    bool races = true;
    uint64_t watchdog = 400'000'000;
    bool trace = false;
    uint64_t perturb = 0;  // not 0: sums and .approx results as another device might have them; which one

    /** From SOFTGPU_DEVICES, SOFTGPU_DRIVER_VERSION, SOFTGPU_MEMORY and so on. */
    static Settings fromEnvironment();
    /** By name, as in `memory` or `compute-capability`; throws Fault(INVALID_VALUE) for an unknown name or bad value. */
    void set(const std::string& name, const std::string& value);
    StreamOrder streamOrder() const;
};

}  // namespace softgpu
