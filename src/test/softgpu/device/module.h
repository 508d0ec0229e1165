// Loaded modules and their functions.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "simt/program.h"

namespace softgpu {

struct Context;
struct Module;

struct Function {
    Module* module = nullptr;
    std::shared_ptr<simt::Program> program;
    int dynamicSharedLimit = 48 << 10;  // what cuFuncSetAttribute has allowed
    int carveout = -1;
};

struct Module {
    Context* context = nullptr;
    std::map<std::string, Function> functions;
    std::map<std::string, std::pair<uint64_t, uint64_t>> globals;  // address and bytes
    std::vector<uint64_t> allocations;
};

/** Parses and lowers all kernels of a PTX text; Faults as a driver's compiler would refuse it. */
std::unique_ptr<Module> loadPtx(const std::string& text, Context& context);

}  // namespace softgpu
