// PTX text to syntax. Throws Fault(INVALID_PTX) naming the line for what it does not know.
#pragma once
#include <string>

#include "ptx/syntax.h"

namespace softgpu::ptx {

Module parse(const std::string& text);

}  // namespace softgpu::ptx
