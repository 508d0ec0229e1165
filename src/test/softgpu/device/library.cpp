#include "device/library.h"

#include <cstdio>

#include "driver/api.h"

namespace softgpu::library {

Lock::Lock() { device().mutex.lock(); }
Lock::~Lock() { device().mutex.unlock(); }

int submit(void* stream, const std::string& counter, std::function<void()> action) {
    return call("cublas", Need::CurrentContext, [&] {
        Stream& s = streamOf(stream);
        if (&s == &requireContext().legacy) refuseImplicit("cuBLAS");
        Work w;
        w.kind = Work::Library;
        w.name = counter;
        w.action = std::move(action);
        softgpu::submit(s, std::move(w));
    });
}

int wait(void* stream) {
    return call("cublas", Need::CurrentContext, [&] {
        Stream& s = streamOf(stream);
        if (s.capture) throw Fault(STREAM_CAPTURE_UNSUPPORTED, "a cuBLAS result on the host during a capture");
        finish(s);
    });
}

bool hasContext() {
    Context* c = currentContext();
    return c && device().contexts.has(c) && !c->sticky;
}

bool isCapturing(void* stream) {
    return (uintptr_t)stream > 2 && device().streams.has(stream) && device().streams.get(stream).capture != nullptr;
}

bool holds(const void* address, uint64_t bytes) { return device().memory.holds((uint64_t)address, bytes); }
bool owns(const void* address) { return device().memory.owns((uint64_t)address); }
std::string describe(const void* address) { return device().memory.describe((uint64_t)address); }

void complain(const std::string& text) {
    device().lastFault = text;
    fprintf(stderr, "softgpu: %s\n", text.c_str());
}

int version() { return device().settings.blasVersion; }
int capability() { return device().settings.computeCapability; }
uint64_t perturbation() { return device().settings.perturb; }
bool failureDue() { return Injection::due(device().injection.blas); }
void count(const std::string& counter, int by) { device().counters.add(counter, (uint64_t)(int64_t)by); }

void requireLive(const void* address, uint64_t bytes) {
    if (!holds(address, bytes)) throw Fault(ILLEGAL_ADDRESS, "cuBLAS operand of " + std::to_string(bytes) + " bytes: illegal address, " + describe(address));
}

}  // namespace softgpu::library
