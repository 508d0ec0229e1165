// The way in for tests: text commands, so that the bridge to Java is one method.
#pragma once
#include <string>

#include "device/library.h"

namespace softgpu {

/**
 * `report`: counters and what is alive, a `name=value` per line. `reset`: counters to zero. `set NAME VALUE`: a setting.
 * `fail WHAT N`: the n-th call from now fails; WHAT is allocation, host-allocation, launch, illegal-launch, cublas or graph; 0 takes
 * it back. `sticky STATUS`: the current thread's context has failed. `last-fault`: text of the last fault. `defaults`: settings as at the start, no failures.
 * The answer begins with `error: ` if the command is not understood.
 */
SOFTGPU_EXPORT std::string control(const std::string& command);

}  // namespace softgpu
