// What the parser makes of PTX text: names and operands as written, not yet bound to registers or addresses.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace softgpu::ptx {

enum class Space : uint8_t { Generic, Global, Shared, Local, Const, Param };

/** Size in bytes of a fundamental type such as "f32" or "b64"; 0 if there is no such type. Predicates count 4. */
int typeBytes(const std::string& type);

/** A variable or parameter: `.shared .align 4 .b8 name[128];`. */
struct Variable {
    std::string name, type;
    Space space = Space::Global;
    int align = 1;
    int64_t bytes = 0;
    bool isExtern = false;
    std::vector<uint8_t> initial;
    /** Offsets in `initial` that hold the generic address of another symbol. */
    std::vector<std::pair<int64_t, std::string>> references;
};

struct Operand {
    enum Kind : uint8_t { Name, Number, Address, Vector, Sink } kind = Sink;
    std::string name;    // register or symbol; of an address: its base, if any
    std::string second;  // of a pair `p|q`
    bool negated = false;
    uint64_t value = 0;  // of a number: its bits, floats in the width written
    char numberForm = 'i';  // i integer, f 32-bit float bits, d 64-bit float bits
    int64_t displacement = 0;
    std::vector<Operand> elements;
};

/** One instruction or label. */
struct Statement {
    std::string label, guard;
    bool guardNegated = false;
    std::vector<std::string> parts;  // of the opcode, split at dots
    std::vector<Operand> operands;   // of a call: results (vector), callee, arguments (vector)
    int line = 0, scope = 0;
    std::string text;

    bool has(const char* modifier) const;
    std::string opcode() const;
};

struct Register {
    std::string name, type;
};

struct Function {
    std::string name;
    bool isEntry = false, hasBody = false;
    std::vector<Variable> parameters, results;
    std::vector<Register> registers;
    std::vector<Variable> variables;
    std::map<std::string, std::vector<std::string>> branchTargets;
    std::vector<Statement> body;
    int maxThreads = 0;  // .maxntid or .reqntid, 0 when absent
};

struct Module {
    std::string version, target;
    std::vector<Variable> variables;
    std::map<std::string, Function> functions;
};

}  // namespace softgpu::ptx
