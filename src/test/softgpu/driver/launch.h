// From the arguments of a launch to work.
#pragma once
#include "driver/api.h"

namespace softgpu {

struct LaunchShape {
    simt::Dim grid, block;
    uint32_t dynamicShared;
    bool cooperative;
};

/** Checks what the driver checks, and copies the parameters. */
Work launchWork(Function& function, const LaunchShape& shape, void** parameters, void** extra);

}  // namespace softgpu
