// One operation of a stream, which is also one node of a graph.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "device/module.h"
#include "simt/launch.h"

namespace softgpu {

enum class CopyKind { HostToDevice, DeviceToHost, DeviceToDevice };

struct Work {
    enum Kind { Kernel, Copy, Fill, Library, Marker } kind = Marker;
    std::string name;

    // Kernel. The program is held: its module may be unloaded before the work runs.
    Function* function = nullptr;
    std::shared_ptr<simt::Program> program;
    simt::Launch launch;
    int injected = 0;  // status with which this launch fails, by request of a test

    // Copy. `staged` holds what a pageable source contained at the call.
    uint64_t to = 0, from = 0, bytes = 0;
    CopyKind direction = CopyKind::DeviceToDevice;
    std::shared_ptr<std::string> staged;
    std::string label;  // how the counters name the copy: "async.pinned" and so on

    // Fill
    uint32_t value = 0, width = 1;
    uint64_t count = 0;

    // Library, Marker
    std::function<void()> action;

    /** Executes; throws Fault. */
    void perform() const;
    /** Device ranges are checked when the work is submitted; a Fault names what lies outside. */
    void check() const;
};

}  // namespace softgpu
