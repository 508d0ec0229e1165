// A kernel ready to run: instructions with their operands bound to places in the register file.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ptx/syntax.h"

namespace softgpu::simt {

constexpr int LANES = 32;
using Mask = uint32_t;
constexpr Mask ALL_LANES = ~0u;

struct Warp;
struct Instruction;
/** Executes one instruction for the lanes of `active`, of which there is at least one. */
using Handler = void (*)(Warp&, const Instruction&, Mask active);

/**
 * A place: byte offset into the warp's registers, or, with CONSTANT set, into the program's pool of constants. Every place
 * holds 32 lanes of the type's width one after the other; a predicate is one mask.
 */
using Place = uint32_t;
constexpr Place CONSTANT = 0x80000000u;
constexpr Place NOWHERE = 0x7fffffffu;

enum class Flow : uint8_t { Plain, Branch, BranchIndexed, Exit, Barrier, Collective };

struct Instruction {
    Handler run = nullptr;
    Place d = NOWHERE, a = NOWHERE, b = NOWHERE, c = NOWHERE, e = NOWHERE;
    Place guard = NOWHERE;
    uint32_t target = 0;  // of a branch: index of an instruction
    uint32_t extra = 0;   // meaning by family: comparison, rounding, mode
    uint32_t list = 0;    // first of `count` entries in Program::lists
    int64_t displacement = 0;
    int line = 0;
    Flow flow = Flow::Plain;
    ptx::Space space = ptx::Space::Generic;
    uint8_t count = 1, width = 4;
    bool guardNegated = false, wideAddress = true, strong = false;
};

enum class Special : uint8_t {
    TidX, TidY, TidZ, NtidX, NtidY, NtidZ, CtaidX, CtaidY, CtaidZ, NctaidX, NctaidY, NctaidZ,
    Lane, WarpId, NwarpId, SmId, NsmId, GridId, LaneEq, LaneLt, LaneLe, LaneGt, LaneGe,
    DynamicShared, TotalShared, Envreg
};

struct Program {
    struct Parameter {
        uint32_t offset, bytes;
    };
    struct SpecialPlace {
        Special which;
        Place place;
    };

    std::string name;
    std::vector<Instruction> code;
    std::vector<std::string> texts;  // of the instructions, for messages
    std::vector<uint32_t> lists;     // places of vectors, targets of indexed branches
    std::vector<uint8_t> constants;
    std::vector<SpecialPlace> specials;
    std::vector<Parameter> parameters;
    uint32_t parameterBytes = 0, registerBytes = 0, sharedBytes = 0, localBytes = 0;
    int registersPerThread = 0;  // 32-bit ones named in the PTX, an upper bound of what a compiler would use
    int maxThreads = 1024;
};

}  // namespace softgpu::simt
