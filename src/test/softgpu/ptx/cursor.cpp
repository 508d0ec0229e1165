#include "ptx/cursor.h"

#include <cstdlib>
#include <cstring>

#include "common/fault.h"

namespace softgpu::ptx {

void Cursor::fail(const std::string& message) const {
    throw Fault(INVALID_PTX, "PTX line " + std::to_string(line()) + ": " + message);
}

int64_t Cursor::integer() {
    bool negative = accept("-");
    if (peek().kind != Token::Number) fail("a number expected, found '" + peek().text + "'");
    char form;
    int64_t value = (int64_t)numberBits(take().text, form);
    return negative ? -value : value;
}

uint64_t numberBits(const std::string& text, char& form) {
    form = 'i';
    if (text.size() > 2 && text[0] == '0' && strchr("fFdD", text[1])) {
        form = text[1] == 'f' || text[1] == 'F' ? 'f' : 'd';
        return strtoull(text.c_str() + 2, nullptr, 16);
    }
    if (text.find('.') != std::string::npos) {
        form = 'd';
        double value = strtod(text.c_str(), nullptr);
        uint64_t bits;
        memcpy(&bits, &value, 8);
        return bits;
    }
    return strtoull(text.c_str(), nullptr, 0);  // a trailing U is no digit and ends the number
}

}  // namespace softgpu::ptx
