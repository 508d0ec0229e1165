// What one family of instructions uses of another.
#pragma once
#include "ops/builder.h"

namespace softgpu::ops {

bool isFloatType(const std::string& type);
/** Opcodes that exist for integers and floats, with a float type. */
void lowerFloat(Builder& b, const ptx::Statement& s, Instruction& i);
/** Forms with .cc, and addc, subc, madc. */
void lowerCarry(Builder& b, const ptx::Statement& s, Instruction& i);
/** bar.warp.sync */
void lowerWarpBarrier(Builder& b, const ptx::Statement& s, Instruction& i);

}  // namespace softgpu::ops
