#include "device/work.h"

#include <cstring>

#include "device/device.h"

namespace softgpu {
namespace {

simt::Policy policy() {
    Device& d = device();
    simt::Policy p;
    const std::string& o = d.settings.order;
    p.order = o == "reverse" ? simt::Order::Reverse : o == "random" ? simt::Order::Random : simt::Order::Forward;
    p.seed = p.order == simt::Order::Random ? d.settings.seed * 0x9e3779b97f4a7c15ull + d.random() : 0;
    p.races = d.settings.races;
    p.watchdog = d.settings.watchdog;
    return p;
}

void requireLive(uint64_t address, uint64_t bytes, const std::string& what) {
    const Memory& m = device().memory;
    if (!m.holds(address, bytes))
        throw Fault(ILLEGAL_ADDRESS, what + " of " + std::to_string(bytes) + " bytes: illegal address, " + m.describe(address));
}

void requireRange(uint64_t address, uint64_t bytes, const std::string& what) {
    const Memory& m = device().memory;
    if (!m.holds(address, bytes))
        throw Fault(INVALID_VALUE, what + " of " + std::to_string(bytes) + " bytes: not within one allocation, " + m.describe(address));
}

void fill(const Work& w) {
    requireLive(w.to, w.count * w.width, "memset");
    for (uint64_t k = 0; k < w.count; k++) memcpy((char*)w.to + k * w.width, &w.value, w.width);
}

void copy(const Work& w) {
    if (w.direction != CopyKind::HostToDevice) requireLive(w.from, w.bytes, "copy from device memory");
    if (w.direction != CopyKind::DeviceToHost) requireLive(w.to, w.bytes, "copy to device memory");
    memmove((void*)w.to, w.staged ? w.staged->data() : (const void*)w.from, w.bytes);
}

}  // namespace

void Work::check() const {
    if (kind == Fill) requireRange(to, count * width, "memset");
    if (kind != Copy) return;
    if (direction != CopyKind::HostToDevice) requireRange(from, bytes, "copy from device memory");
    if (direction != CopyKind::DeviceToHost) requireRange(to, bytes, "copy to device memory");
    const Memory& m = device().memory;
    if (direction == CopyKind::HostToDevice && !staged && m.owns(from)) throw Fault(INVALID_VALUE, "a device pointer as source in host memory");
    if (direction == CopyKind::DeviceToHost && m.owns(to)) throw Fault(INVALID_VALUE, "a device pointer as target in host memory");
}

void Work::perform() const {
    Counters& c = device().counters;
    static const char* const directions[] = {"htod", "dtoh", "dtod"};
    switch (kind) {
        case Kernel:
            c.add("kernel." + program->name);
            if (injected) throw Fault(injected, "kernel " + program->name + ": failure that the test asked for");
            simt::execute(launch, device().memory, policy());
            break;
        case Copy: {
            std::string key = std::string("copy.") + directions[(int)direction] + "." + label;
            c.add(key);
            c.add(key + ".bytes", bytes);
            copy(*this);
            break;
        }
        case Fill:
            c.add("memset");
            c.add("memset.bytes", count * width);
            fill(*this);
            break;
        case Library:
            c.add(name);
            action();
            break;
        case Marker:
            if (action) action();
    }
}

}  // namespace softgpu
