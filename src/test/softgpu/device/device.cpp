#include "device/device.h"

#include <cstdio>
#include <cstdlib>

namespace softgpu {

Device& device() {
    static auto* one = new Device;  // never destroyed: the JVM's threads may outlive static destructors
    return *one;
}

bool Device::isPinned(const void* p, uint64_t bytes) const {
    auto after = pinned.upper_bound((uint64_t)p);
    if (after == pinned.begin()) return false;
    --after;
    return (uint64_t)p + bytes <= after->first + after->second.bytes;
}

Function& Device::function(void* handle) const {
    for (auto& m : modules)
        for (auto& f : m.second->functions)
            if (&f.second == handle) return m.second->functions.at(f.first);
    throw Fault(INVALID_HANDLE, "a function that is not, or no longer, loaded");
}

Stream& Device::stream(void* handle, Context& context) {
    if ((uintptr_t)handle <= 2) return context.legacy;
    Stream& s = streams.get(handle);
    if (s.context != &context) throw Fault(INVALID_CONTEXT, "a stream of another context");
    return s;
}

void Device::destroy(Context& context) {
    execs.removeIf([&](GraphExec& e) { return e.context == &context; });
    for (auto& s : streams)
        if (s.second->context == &context) s.second->queue.clear();
    context.legacy.queue.clear();
    events.removeIf([&](Event& e) { return e.context == &context; });
    streams.removeIf([&](Stream& s) { return s.context == &context; });
    modules.removeIf([&](Module& m) { return m.context == &context; });
    memory.releaseAll(&context);
    for (auto it = pinned.begin(); it != pinned.end();) {
        if (it->second.context == &context) {
            free((void*)it->first);
            it = pinned.erase(it);
        } else {
            ++it;
        }
    }
}

void Device::note(const Fault& fault, Context* context) {
    lastFault = fault.what();
    bool fatal = fault.status == ILLEGAL_ADDRESS || fault.status == MISALIGNED_ADDRESS || fault.status == LAUNCH_FAILED ||
                 fault.status == LAUNCH_TIMEOUT || fault.status == ASSERT;
    if (fatal && context) context->sticky = fault.status;
    if (fault.status == NOT_READY) return;
    fprintf(stderr, "softgpu: %s: %s\n", statusName(fault.status) ? statusName(fault.status) : "error", fault.what());
}

}  // namespace softgpu
