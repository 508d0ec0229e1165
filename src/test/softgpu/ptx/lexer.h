// Tokens of PTX text.
#pragma once
#include <string>
#include <vector>

namespace softgpu::ptx {

struct Token {
    enum Kind { Word, Number, String, Symbol, End } kind;
    std::string text;
    int line;
};

/** Comments and white space are dropped. A word may hold dots ("ld.global.f32", "%tid.x") and double colons. */
std::vector<Token> tokenize(const std::string& text);

}  // namespace softgpu::ptx
