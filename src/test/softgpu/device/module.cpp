#include "device/module.h"

#include <cstdlib>
#include <cstring>

#include "device/device.h"
#include "ops/builder.h"
#include "ptx/parser.h"

namespace softgpu {
namespace {

int scaled(const std::string& version) {
    return atoi(version.c_str()) * 10 + (version.find('.') == std::string::npos ? 0 : atoi(version.c_str() + version.find('.') + 1));
}

/** The newest PTX that a driver of this version compiles, times ten. */
int newestPtx(int driver) {
    static const std::pair<int, int> known[] = {{13000, 90}, {12090, 88}, {12080, 87}, {12070, 86}, {12060, 85}, {12050, 85},
                                                {12040, 84}, {12030, 83}, {12020, 82}, {12010, 81}, {12000, 80}, {11080, 78},
                                                {11070, 77}, {11060, 76}, {11050, 75}, {11040, 74}, {11030, 73}, {11020, 72},
                                                {11010, 71}, {11000, 70}};
    for (auto& k : known)
        if (driver >= k.first) return k.second;
    return 65;
}

void accept(const ptx::Module& m) {
    const Settings& s = device().settings;
    if (s.refusePtx) throw Fault(INVALID_PTX, "PTX refused, as the test asked for");
    if (scaled(m.version) > newestPtx(s.driverVersion))
        throw Fault(UNSUPPORTED_PTX_VERSION, "PTX .version " + m.version + " is not supported by driver " + std::to_string(s.driverVersion));
    if (m.target.compare(0, 3, "sm_") == 0 && atoi(m.target.c_str() + 3) > s.computeCapability)
        throw Fault(NO_BINARY_FOR_GPU, "PTX for " + m.target + " on a device of compute capability " + std::to_string(s.computeCapability));
}

void place(const ptx::Variable& v, Module& module, ops::Symbols& symbols) {
    uint64_t at = device().memory.allocate((uint64_t)std::max<int64_t>(v.bytes, 1), module.context);
    device().memory.calls--;  // no call of the program's
    memset((void*)at, 0, (size_t)v.bytes);
    memcpy((void*)at, v.initial.data(), v.initial.size());
    module.allocations.push_back(at);
    module.globals[v.name] = {at, (uint64_t)v.bytes};
    symbols[v.name] = at;
}

void link(const ptx::Variable& v, const ops::Symbols& symbols) {
    for (auto& r : v.references) {
        auto target = symbols.find(r.second);
        if (target == symbols.end()) throw Fault(INVALID_PTX, "initialiser of " + v.name + ": '" + r.second + "' is not defined");
        uint64_t word;
        memcpy(&word, (char*)symbols.at(v.name) + r.first, 8);
        word += target->second;
        memcpy((char*)symbols.at(v.name) + r.first, &word, 8);
    }
}

bool placed(const ptx::Variable& v) {
    return (v.space == ptx::Space::Global || v.space == ptx::Space::Const) && !v.isExtern;
}

/** A text, parsed, and the programs that were made of it. */
struct Text {
    ptx::Module syntax;
    std::map<std::string, std::shared_ptr<simt::Program>> programs;
};

/** Tests open a backend, and load the same few modules, some thousand times: a third of their time went there. */
Text& parsed(const std::string& text) {
    static std::map<std::string, Text> texts;
    static const size_t most = 8;
    auto found = texts.find(text);
    if (found != texts.end()) return found->second;
    ptx::Module syntax = ptx::parse(text);
    if (texts.size() == most) texts.clear();
    return texts[text] = {std::move(syntax), {}};
}

}  // namespace

std::unique_ptr<Module> loadPtx(const std::string& text, Context& context) {
    Text& known = parsed(text);
    const ptx::Module& syntax = known.syntax;
    accept(syntax);
    auto module = std::make_unique<Module>();
    module->context = &context;
    ops::Symbols symbols;
    try {
        for (auto& v : syntax.variables)
            if (placed(v)) place(v, *module, symbols);
        for (auto& v : syntax.variables)
            if (placed(v)) link(v, symbols);
        for (auto& f : syntax.functions) {
            if (!f.second.isEntry || !f.second.hasBody) continue;
            Function& made = module->functions[f.first];
            made.module = module.get();
            auto& program = known.programs[f.first];
            // Addresses are part of a program: where there are any it is made anew.
            if (!program || !symbols.empty()) program = std::make_shared<simt::Program>(ops::lower(syntax, f.second, symbols));
            made.program = program;
        }
    } catch (...) {
        for (uint64_t a : module->allocations) device().memory.release(a);
        throw;
    }
    return module;
}

}  // namespace softgpu
