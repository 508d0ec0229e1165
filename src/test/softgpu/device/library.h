// What libcublas uses of the device: the only symbols besides the driver API that libcuda.so.1 exports.
#pragma once
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#define SOFTGPU_EXPORT __attribute__((visibility("default")))

namespace softgpu::library {

/** Holds the device's lock while it lives. */
class SOFTGPU_EXPORT Lock {
  public:
    Lock();
    ~Lock();
};

/** Queues or captures; returns a driver status. */
SOFTGPU_EXPORT int submit(void* stream, const std::string& counter, std::function<void()> action);
/** Waits for the stream; returns a driver status. */
SOFTGPU_EXPORT int wait(void* stream);
SOFTGPU_EXPORT bool hasContext();
SOFTGPU_EXPORT bool isCapturing(void* stream);
SOFTGPU_EXPORT bool holds(const void* address, uint64_t bytes);
SOFTGPU_EXPORT bool owns(const void* address);
SOFTGPU_EXPORT std::string describe(const void* address);
SOFTGPU_EXPORT void complain(const std::string& text);
SOFTGPU_EXPORT int version();
/** Compute capability times ten. */
SOFTGPU_EXPORT int capability();
/** Which other rounding the device has; 0: its own. */
SOFTGPU_EXPORT uint64_t perturbation();
/** Counts a call of the library; true if a test has asked that it fails. */
SOFTGPU_EXPORT bool failureDue();
SOFTGPU_EXPORT void count(const std::string& counter, int by);
/** Faults for an operand that has become invalid since the call. */
SOFTGPU_EXPORT void requireLive(const void* address, uint64_t bytes);

}  // namespace softgpu::library
