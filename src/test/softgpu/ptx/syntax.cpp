#include "ptx/syntax.h"

namespace softgpu::ptx {

int typeBytes(const std::string& type) {
    static const std::map<std::string, int> sizes = {
        {"b8", 1},  {"u8", 1},  {"s8", 1},  {"b16", 2}, {"u16", 2}, {"s16", 2}, {"f16", 2},   {"bf16", 2},
        {"b32", 4}, {"u32", 4}, {"s32", 4}, {"f32", 4}, {"b64", 8}, {"u64", 8}, {"s64", 8},   {"f64", 8},
        {"pred", 4}, {"f16x2", 4}, {"bf16x2", 4}, {"b128", 16}};
    auto found = sizes.find(type);
    return found == sizes.end() ? 0 : found->second;
}

bool Statement::has(const char* modifier) const {
    for (size_t i = 1; i < parts.size(); i++)
        if (parts[i] == modifier) return true;
    return false;
}

std::string Statement::opcode() const {
    std::string joined;
    for (auto& p : parts) joined += (joined.empty() ? "" : ".") + p;
    return joined;
}

}  // namespace softgpu::ptx
