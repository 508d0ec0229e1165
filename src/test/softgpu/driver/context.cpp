// Contexts, and which one is current on a thread.
#include "driver/api.h"

#include <cstdio>

using namespace softgpu;

namespace softgpu {
namespace {

thread_local std::vector<Context*> stack;

}  // namespace

Context* currentContext() { return stack.empty() ? nullptr : stack.back(); }

Context& requireContext() {
    Context* c = currentContext();
    if (!c) throw Fault(INVALID_CONTEXT, "no context is current on this thread");
    if (!device().contexts.has(c)) throw Fault(CONTEXT_IS_DESTROYED, "the thread's context was destroyed");
    return *c;
}

Stream& streamOf(void* handle) { return device().stream(handle, requireContext()); }

void traceCall(const char* name) { fprintf(stderr, "softgpu: %s\n", name); }

int faulted(const char* name, const Fault& fault) {
    Context* c = currentContext();
    Fault named(fault.status, std::string(name) + ": " + fault.what());
    device().note(named, c && device().contexts.has(c) ? c : nullptr);
    return fault.status;
}

}  // namespace softgpu

namespace {

Context& newContext(int ordinal, bool primary) {
    auto context = std::make_unique<Context>();
    context->device = ordinal;
    context->primary = primary;
    context->legacy.context = context.get();
    device().counters.add("context.create");
    return *device().contexts.add(std::move(context));
}

void requireDevice(int ordinal) {
    if (ordinal < 0 || ordinal >= device().settings.devices) throw Fault(INVALID_DEVICE, "no such device");
}

Context* primary(int ordinal) {
    auto found = device().primaries.find(ordinal);
    return found == device().primaries.end() ? nullptr : found->second;
}

void destroyPrimary(int ordinal) {
    Context* c = primary(ordinal);
    device().destroy(*c);
    device().contexts.remove(c);
    device().primaries.erase(ordinal);
}

void setCurrent(Context* c) {
    if (!stack.empty()) stack.pop_back();
    if (c) stack.push_back(c);
}

}  // namespace

API int cuDevicePrimaryCtxRetain(void** context, int ordinal) {
    CALL(Initialized, {
        requireDevice(ordinal);
        Context* c = primary(ordinal);
        if (!c) c = device().primaries[ordinal] = &newContext(ordinal, true);
        c->references++;
        *context = c;
    });
}

API int cuDevicePrimaryCtxRelease_v2(int ordinal) {
    CALL(Initialized, {
        Context* c = primary(ordinal);
        if (!c || c->references == 0) throw Fault(INVALID_CONTEXT, "the primary context is not retained");
        if (--c->references == 0) destroyPrimary(ordinal);
    });
}

API int cuDevicePrimaryCtxReset_v2(int ordinal) {
    CALL(Initialized, {
        requireDevice(ordinal);
        if (primary(ordinal)) destroyPrimary(ordinal);
    });
}

API int cuDevicePrimaryCtxGetState(int ordinal, unsigned* flags, int* active) {
    CALL(Initialized, {
        requireDevice(ordinal);
        *flags = 0;
        *active = primary(ordinal) != nullptr;
    });
}

API int cuDevicePrimaryCtxSetFlags_v2(int ordinal, unsigned) {
    CALL(Initialized, { requireDevice(ordinal); });
}

API int cuCtxCreate_v2(void** context, unsigned, int ordinal) {
    CALL(Initialized, {
        requireDevice(ordinal);
        Context& c = newContext(ordinal, false);
        stack.push_back(&c);
        *context = &c;
    });
}

API int cuCtxDestroy_v2(void* context) {
    CALL(Initialized, {
        Context& c = device().contexts.get(context);
        if (c.primary) throw Fault(INVALID_CONTEXT, "the primary context is released, not destroyed");
        device().destroy(c);
        if (currentContext() == &c) stack.pop_back();
        device().contexts.remove(context);
    });
}

API int cuCtxSetCurrent(void* context) {
    CALL(Initialized, {
        if (context && !device().contexts.has(context)) throw Fault(INVALID_CONTEXT, "not a context");
        setCurrent((Context*)context);
    });
}

API int cuCtxPushCurrent_v2(void* context) {
    CALL(Initialized, {
        if (!device().contexts.has(context)) throw Fault(INVALID_CONTEXT, "not a context");
        stack.push_back((Context*)context);
    });
}

API int cuCtxPopCurrent_v2(void** context) {
    CALL(Initialized, {
        if (stack.empty()) throw Fault(INVALID_CONTEXT, "no context is current on this thread");
        if (context) *context = stack.back();
        stack.pop_back();
    });
}

API int cuCtxGetCurrent(void** context) {
    CALL(Initialized, { *context = currentContext(); });
}

API int cuCtxGetDevice(int* ordinal) {
    CALL(CurrentContext, { *ordinal = requireContext().device; });
}

API int cuCtxGetFlags(unsigned* flags) {
    CALL(CurrentContext, { *flags = 0; });
}

API int cuCtxGetApiVersion(void*, unsigned* version) {
    CALL(Initialized, { *version = 3020; });
}

API int cuCtxGetStreamPriorityRange(int* least, int* greatest) {
    CALL(CurrentContext, {
        if (least) *least = 0;
        if (greatest) *greatest = -5;
    });
}

API int cuCtxSetCacheConfig(int) {
    CALL(CurrentContext, {});
}

API int cuCtxSynchronize() {
    CALL(CurrentContext, {
        refuseDuringCapture("cuCtxSynchronize");
        device().counters.add("sync.context");
        finishAll(requireContext());
    });
}
