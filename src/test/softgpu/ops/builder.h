// Turns the syntax of one kernel, with the functions it calls put in place, into a Program.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ptx/syntax.h"
#include "simt/program.h"

namespace softgpu::ops {

using simt::Instruction;
using simt::Place;

/** Addresses of the module's variables in device memory. */
using Symbols = std::map<std::string, uint64_t>;

/** Throws Fault(INVALID_PTX) naming instruction and line for anything that is not known. */
simt::Program lower(const ptx::Module& module, const ptx::Function& kernel, const Symbols& symbols);

class Builder {
  public:
    Builder(const ptx::Module& module, const Symbols& symbols) : module(module), symbols(symbols) {}
    simt::Program kernel(const ptx::Function& f);

    /** The instruction being lowered. */
    const ptx::Statement& statement() const { return *current; }
    const ptx::Operand& operand(size_t k) const;
    size_t operands() const { return current->operands.size(); }

    /** A register of exactly this width to write to. */
    Place destination(const ptx::Operand& o, int bytes);
    /** A register of exactly this width, a special register, an immediate, or the address of a variable. */
    Place source(const ptx::Operand& o, int bytes);
    /** A predicate; `!p` costs an instruction. */
    Place predicate(const ptx::Operand& o);
    Place predicateDestination(const std::string& name);
    Place constant(uint64_t value, int bytes);
    /** The carry flag of each lane. */
    Place carry();
    /** Width of a register in bytes; 0 if the operand is none. */
    int width(const ptx::Operand& o) const;
    /** Address operand: sets a, displacement, wideAddress. */
    void address(const ptx::Operand& o, Instruction& i);
    /** Whether the name is a parameter of the kernel itself, and its offset. */
    bool isKernelParameter(const std::string& name, uint64_t* offset = nullptr) const;
    /** A parameter of the kernel itself, or a register of the kernel, which can only hold the address of one. */
    bool isParameterAddress(const std::string& name) const {
        return isKernelParameter(name) || (frame->function->isEntry && frame->registers.count(name));
    }
    uint32_t list(const std::vector<uint32_t>& entries);

    void emit(const Instruction& i);
    /** Branches to a label, or to the targets of a list. */
    void branch(Instruction i, const std::string& label);
    void branchIndexed(Instruction i, const std::vector<std::string>& labels);
    /** Ends the kernel's threads or, in a function put in place, goes on after the call. */
    void leave(Instruction i);
    void call(const ptx::Statement& s, Instruction i);
    const std::vector<std::string>* targets(const std::string& name) const;
    [[noreturn]] void fail(const std::string& message) const;

  private:
    struct Slot {
        Place place;
        int bytes;
        bool predicate;
    };
    struct Frame {
        const ptx::Function* function;
        int number;
        std::map<std::string, Slot> registers;
        std::map<std::string, uint64_t> variables;  // shared, local and parameter offsets
        std::map<std::string, uint32_t> labels;
        std::vector<std::pair<uint32_t, std::string>> branches;  // instruction or list entry to patch
        std::vector<std::pair<uint32_t, std::string>> indexed;
        std::vector<uint32_t> leaves;
    };

    const ptx::Module& module;
    const Symbols& symbols;
    simt::Program program;
    const ptx::Statement* current = nullptr;
    Frame* frame = nullptr;
    int depth = 0;
    std::map<std::pair<uint64_t, int>, Place> constants;
    Place carryFlag = simt::NOWHERE;
    std::map<std::string, Place> specials;
    std::map<std::string, uint64_t> moduleShared;
    std::vector<std::pair<Place, int>> dynamicShared;  // constants to patch with the end of the static part

    void parameters(const ptx::Function& f);
    void body(const ptx::Function& f, const std::map<std::string, uint64_t>& bound);
    void declare(const ptx::Function& f);
    void lowerStatement(const ptx::Statement& s);
    void patch();
    Place allocate(int bytes);
    const Slot& slot(const std::string& name) const;
    bool variable(const std::string& name, uint64_t& address, bool& dynamic);
    Place special(const std::string& name, int bytes);
    Place immediate(const ptx::Operand& o, int bytes);
    Place symbol(const ptx::Operand& o, int bytes);
    void finish();
};

/** Fills an instruction (whose guard, space and line are set) and emits it. */
using Lower = void (*)(Builder&, const ptx::Statement&, Instruction&);
using Table = std::map<std::string, Lower>;

void addInteger(Table&);
void addCarry(Table&);
void addFloat(Table&);
void addCompare(Table&);
void addLogic(Table&);
void addConvert(Table&);
void addMove(Table&);
void addMemory(Table&);
void addAtomic(Table&);
void addWarp(Table&);
void addControl(Table&);
void addCopy(Table&);

}  // namespace softgpu::ops
