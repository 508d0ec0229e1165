// Declarations of variables, parameters and initialisers.
#pragma once
#include "ptx/cursor.h"
#include "ptx/syntax.h"

namespace softgpu::ptx {

bool spaceOf(const std::string& word, Space& space);

/** Reads `.space .align n .type name[count] = {…}` up to, and without, what follows. */
Variable variable(Cursor& c);

}  // namespace softgpu::ptx
