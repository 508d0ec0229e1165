// What every entry point of the driver API has around it: the lock, the checks, errors as status codes.
#pragma once
#include <cstdint>
#include <new>

#include "device/device.h"

#define API extern "C" __attribute__((visibility("default")))

namespace softgpu {

enum class Need { Nothing, Initialized, CurrentContext };

/** The calling thread's current context, null if none. */
Context* currentContext();
/** Faults if the thread has none or it was destroyed. */
Context& requireContext();
void traceCall(const char* name);
int faulted(const char* name, const Fault& fault);

/** Runs the body of an API call; returns its status, 0 if it returns nothing unusual. */
template <class F>
int call(const char* name, Need need, F body) {
    Device& d = device();
    std::lock_guard<std::recursive_mutex> lock(d.mutex);
    if (d.settings.trace) traceCall(name);
    try {
        if (need != Need::Nothing && !d.initialized) return NOT_INITIALIZED;
        if (need == Need::CurrentContext) {
            Context& c = requireContext();
            if (c.sticky) return c.sticky;
        }
        body();
        Context* c = need == Need::CurrentContext ? currentContext() : nullptr;
        return c ? c->sticky : SUCCESS;
    } catch (const Fault& fault) {
        return faulted(name, fault);
    } catch (const std::bad_alloc&) {
        return OUT_OF_MEMORY;
    }
}

inline void require(bool condition, const char* what) {
    if (!condition) throw Fault(INVALID_VALUE, what);
}

/** The stream of a handle in the current context. */
Stream& streamOf(void* handle);

}  // namespace softgpu

#define CALL(need, ...) return softgpu::call(__func__, softgpu::Need::need, [&] __VA_ARGS__)
