#include "ops/builder.h"

#include <cstring>

#include "common/fault.h"

namespace softgpu::ops {

using ptx::Operand;
using ptx::Space;
using simt::Flow;
using simt::NOWHERE;

namespace {

const Table& table() {
    static const Table all = [] {
        Table t;
        for (auto add : {addInteger, addCarry, addFloat, addCompare, addLogic, addConvert, addMove, addMemory, addAtomic, addWarp,
                         addControl, addCopy})
            add(t);
        return t;
    }();
    return all;
}

uint64_t alignUp(uint64_t value, uint64_t align) { return (value + align - 1) / align * align; }

}  // namespace

void Builder::fail(const std::string& message) const {
    std::string at = current ? "PTX line " + std::to_string(current->line) + ": '" + current->text + "': " : "";
    throw Fault(INVALID_PTX, at + message);
}

simt::Program Builder::kernel(const ptx::Function& f) {
    program.name = f.name;
    if (f.maxThreads) program.maxThreads = f.maxThreads;
    parameters(f);
    body(f, {});
    finish();
    return std::move(program);
}

void Builder::parameters(const ptx::Function& f) {
    uint32_t offset = 0;
    for (auto& p : f.parameters) {
        offset = (uint32_t)alignUp(offset, (uint64_t)p.align);
        program.parameters.push_back({offset, (uint32_t)p.bytes});
        offset += (uint32_t)p.bytes;
    }
    program.parameterBytes = offset;
}

/** `bound`: where the caller holds the parameters and results of a function put in place. */
void Builder::body(const ptx::Function& f, const std::map<std::string, uint64_t>& bound) {
    if (++depth > 40) fail("calls nest too deeply (recursion is not supported)");
    Frame mine{&f, depth, {}, bound, {}, {}, {}, {}};
    Frame* caller = frame;
    const ptx::Statement* call = current;
    frame = &mine;
    if (f.isEntry)
        for (size_t k = 0; k < f.parameters.size(); k++) mine.variables[f.parameters[k].name] = program.parameters[k].offset;
    declare(f);
    for (auto& s : f.body) lowerStatement(s);
    if (f.isEntry) {
        Instruction end;
        end.flow = Flow::Exit;
        emit(end);
    }
    patch();
    frame = caller;
    current = call;
    depth--;
}

void Builder::declare(const ptx::Function& f) {
    for (auto& r : f.registers) {
        bool predicate = r.type == "pred";
        int bytes = ptx::typeBytes(r.type);
        if (bytes > 8) fail("registers of type ." + r.type + " are not implemented");
        frame->registers[r.name] = {NOWHERE, bytes, predicate};
    }
    for (auto& v : f.variables) {
        uint32_t& top = v.space == Space::Shared ? program.sharedBytes : program.localBytes;
        top = (uint32_t)alignUp(top, (uint64_t)std::max(v.align, 8));
        frame->variables[v.name] = top;
        top += (uint32_t)v.bytes;
    }
}

void Builder::lowerStatement(const ptx::Statement& s) {
    current = &s;
    if (!s.label.empty()) {
        frame->labels[s.label] = (uint32_t)program.code.size();
        return;
    }
    auto known = table().find(s.parts[0]);
    if (known == table().end()) fail("instruction '" + s.opcode() + "' is not implemented by the software device");
    Instruction i;
    if (!s.guard.empty()) {
        i.guard = predicate(Operand{Operand::Name, s.guard, {}, false, 0, 'i', 0, {}});
        i.guardNegated = s.guardNegated;
    }
    known->second(*this, s, i);
}

void Builder::emit(const Instruction& i) {
    program.code.push_back(i);
    program.code.back().line = current ? current->line : 0;
    program.texts.push_back(current ? current->text : "end of the kernel");
}

void Builder::branch(Instruction i, const std::string& label) {
    i.flow = Flow::Branch;
    frame->branches.push_back({(uint32_t)program.code.size(), label});
    emit(i);
}

void Builder::branchIndexed(Instruction i, const std::vector<std::string>& labels) {
    i.flow = Flow::BranchIndexed;
    i.extra = (uint32_t)labels.size();
    i.list = (uint32_t)program.lists.size();
    for (auto& l : labels) {
        frame->indexed.push_back({(uint32_t)program.lists.size(), l});
        program.lists.push_back(0);
    }
    emit(i);
}

void Builder::leave(Instruction i) {
    i.flow = frame->function->isEntry ? Flow::Exit : Flow::Branch;
    if (!frame->function->isEntry) frame->leaves.push_back((uint32_t)program.code.size());
    emit(i);
}

void Builder::patch() {
    auto place = [&](const std::string& label) {
        auto found = frame->labels.find(label);
        if (found == frame->labels.end()) fail("label " + label + " is not defined");
        return found->second;
    };
    for (auto& b : frame->branches) program.code[b.first].target = place(b.second);
    for (auto& b : frame->indexed) program.lists[b.first] = place(b.second);
    for (uint32_t l : frame->leaves) program.code[l].target = (uint32_t)program.code.size();
}

const std::vector<std::string>* Builder::targets(const std::string& name) const {
    auto found = frame->function->branchTargets.find(name);
    return found == frame->function->branchTargets.end() ? nullptr : &found->second;
}

void Builder::call(const ptx::Statement& s, Instruction i) {
    if (i.guard != NOWHERE) fail("calls under a predicate are not implemented");
    size_t at = s.operands.size() > 1 && s.operands[0].kind == Operand::Vector ? 1 : 0;
    auto callee = module.functions.find(s.operands[at].name);
    if (callee == module.functions.end()) fail("only calls of functions by name are implemented");
    const ptx::Function& f = callee->second;
    if (!f.hasBody) fail("function " + f.name + " has no body here");
    std::map<std::string, uint64_t> bound;
    auto bind = [&](const std::vector<ptx::Variable>& formal, const std::vector<Operand>& actual) {
        if (formal.size() != actual.size()) fail("number of arguments of " + f.name);
        for (size_t k = 0; k < formal.size(); k++) {
            auto held = frame->variables.find(actual[k].name);
            if (held == frame->variables.end()) fail("arguments other than .param variables are not implemented");
            bound[formal[k].name] = held->second;
        }
    };
    if (at == 1) bind(f.results, s.operands[0].elements);
    bind(f.parameters, at + 1 < s.operands.size() ? s.operands[at + 1].elements : std::vector<Operand>());
    body(f, bound);
}

void Builder::finish() {
    program.sharedBytes = (uint32_t)alignUp(program.sharedBytes, 16);
    program.localBytes = (uint32_t)alignUp(program.localBytes, 16);
    program.registerBytes = (uint32_t)alignUp(program.registerBytes, 32);
    for (auto& d : dynamicShared)
        for (int l = 0; l < simt::LANES; l++) {
            uint64_t value = program.sharedBytes;
            memcpy(program.constants.data() + (d.first & ~simt::CONSTANT) + l * d.second, &value, (size_t)d.second);
        }
}

simt::Program lower(const ptx::Module& module, const ptx::Function& kernel, const Symbols& symbols) {
    return Builder(module, symbols).kernel(kernel);
}

}  // namespace softgpu::ops
