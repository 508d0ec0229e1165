// The body of a function: registers, variables, instructions, nested scopes.
#pragma once
#include "ptx/cursor.h"
#include "ptx/syntax.h"

namespace softgpu::ptx {

/** Reads from after the opening brace through the closing one; `lines` are the source lines, for messages. */
void body(Cursor& c, Function& f, const std::vector<std::string>& lines);

}  // namespace softgpu::ptx
