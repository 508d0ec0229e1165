#include "driver/launch.h"

#include <cstring>

#include "driver/limits.h"

using namespace softgpu;

namespace softgpu {
namespace {

void check(const Function& f, const LaunchShape& s) {
    const simt::Dim &g = s.grid, &b = s.block;
    require(g.x && g.y && g.z && b.x && b.y && b.z, "a grid or block of no extent");
    require(g.x <= 2147483647u && g.y <= 65535 && g.z <= 65535, "a grid beyond the limits");
    require(b.x <= 1024 && b.y <= 1024 && b.z <= 64 && b.count() <= 1024, "a block beyond the limits");
    if (b.count() > (uint64_t)f.program->maxThreads)
        throw Fault(LAUNCH_OUT_OF_RESOURCES, "kernel " + f.program->name + " was compiled for blocks of " + std::to_string(f.program->maxThreads));
    uint64_t allowed = std::max<uint64_t>((uint64_t)f.dynamicSharedLimit, 48 << 10);
    bool optedIn = f.dynamicSharedLimit > 48 << 10;
    uint64_t shared = s.dynamicShared + (optedIn ? 0 : f.program->sharedBytes);
    if (shared > allowed)
        throw Fault(INVALID_VALUE, "kernel " + f.program->name + ": " + std::to_string(s.dynamicShared) + " bytes of dynamic shared memory beside " +
                                       std::to_string(f.program->sharedBytes) + " static ones; allowed are " + std::to_string(allowed));
    if (!s.cooperative) return;
    uint64_t most = (uint64_t)blocksPerMultiprocessor(f, (uint32_t)b.count(), s.dynamicShared) * (uint64_t)device().settings.multiprocessors;
    if (g.count() > most)
        throw Fault(COOPERATIVE_LAUNCH_TOO_LARGE, std::to_string(g.count()) + " blocks of " + f.program->name + "; " + std::to_string(most) + " can be resident");
}

void gather(const Function& f, void** parameters, void** extra, std::vector<uint8_t>& into) {
    into.assign(f.program->parameterBytes, 0);
    if (extra) {
        const void* buffer = nullptr;
        size_t bytes = 0;
        for (; *extra; extra += 2) {
            if (*extra == (void*)1) buffer = extra[1];
            if (*extra == (void*)2) bytes = *(size_t*)extra[1];
        }
        require(buffer && bytes == into.size(), "a buffer of parameters of the kernel's size");
        memcpy(into.data(), buffer, bytes);
        return;
    }
    require(parameters || f.program->parameters.empty(), "the kernel's parameters");
    for (size_t k = 0; k < f.program->parameters.size(); k++) {
        require(parameters[k], "a parameter of the kernel is null");
        memcpy(into.data() + f.program->parameters[k].offset, parameters[k], f.program->parameters[k].bytes);
    }
}

}  // namespace

Work launchWork(Function& function, const LaunchShape& shape, void** parameters, void** extra) {
    check(function, shape);
    Work w;
    w.kind = Work::Kernel;
    w.name = function.program->name;
    w.function = &function;
    w.program = function.program;
    w.launch.program = w.program.get();
    w.launch.grid = shape.grid;
    w.launch.block = shape.block;
    w.launch.dynamicShared = shape.dynamicShared;
    w.launch.cooperative = shape.cooperative;
    gather(function, parameters, extra, w.launch.parameters);
    return w;
}

}  // namespace softgpu

namespace {

void launch(void* function, const LaunchShape& shape, void* stream, void** parameters, void** extra) {
    Device& d = device();
    Stream& s = streamOf(stream);
    if (&s == &requireContext().legacy) refuseImplicit("a launch");
    Work w = launchWork(d.function(function), shape, parameters, extra);
    d.counters.add(shape.cooperative ? "launch.cooperative" : "launch");
    if (Injection::due(d.injection.launch)) throw Fault(LAUNCH_OUT_OF_RESOURCES, "failure that the test asked for");
    if (Injection::due(d.injection.illegalLaunch)) w.injected = ILLEGAL_ADDRESS;
    submit(s, std::move(w));
}

}  // namespace

API int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared,
                       void* stream, void** parameters, void** extra) {
    CALL(CurrentContext, { launch(function, {{gx, gy, gz}, {bx, by, bz}, shared, false}, stream, parameters, extra); });
}

API int cuLaunchCooperativeKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                                  unsigned shared, void* stream, void** parameters) {
    CALL(CurrentContext, { launch(function, {{gx, gy, gz}, {bx, by, bz}, shared, true}, stream, parameters, nullptr); });
}
