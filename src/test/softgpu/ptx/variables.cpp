// Declarations of variables, parameters and initialisers.
#include "ptx/variables.h"

#include <cstring>

namespace softgpu::ptx {
namespace {

void append(Variable& v, int64_t offset, uint64_t bits, int size) {
    if ((int64_t)v.initial.size() < offset + size) v.initial.resize(offset + size, 0);
    memcpy(v.initial.data() + offset, &bits, size);
}

/** `{1, 2, {3}}`, `generic(symbol)`, `symbol+8`, `mask(symbol)` is not known. */
void initialiser(Cursor& c, Variable& v, int size, int64_t& offset) {
    if (c.accept("{")) {
        while (!c.accept("}")) {
            initialiser(c, v, size, offset);
            c.accept(",");
        }
        return;
    }
    if (c.peek().kind == Token::Word) {
        bool generic = c.is("generic") && c.peek(1).text == "(";
        if (generic) c.take(), c.take();
        v.references.push_back({offset, c.word()});
        if (generic) c.expect(")");
        append(v, offset, c.accept("+") ? (uint64_t)c.integer() : 0, size);
    } else {
        bool negative = c.accept("-");
        char form;
        uint64_t bits = numberBits(c.take().text, form);
        append(v, offset, negative ? (uint64_t)(-(int64_t)bits) : bits, size);
    }
    offset += size;
}

}  // namespace

bool spaceOf(const std::string& word, Space& space) {
    if (word == ".global") space = Space::Global;
    else if (word == ".shared") space = Space::Shared;
    else if (word == ".local") space = Space::Local;
    else if (word == ".const") space = Space::Const;
    else if (word == ".param") space = Space::Param;
    else return false;
    return true;
}

Variable variable(Cursor& c) {
    Variable v;
    int size = 0;
    while (c.peek().kind == Token::Word && c.peek().text[0] == '.') {
        std::string word = c.take().text;
        if (word == ".align") v.align = (int)c.integer();
        else if (word == ".v2" || word == ".v4") v.align = word[2] - '0';
        else if (spaceOf(word, v.space) || word == ".ptr") continue;
        else if ((size = typeBytes(word.substr(1)))) v.type = word.substr(1);
        else c.fail("declaration with '" + word + "' is not known");
    }
    if (!size) c.fail("a type expected");
    v.name = c.word();
    v.align = std::max(v.align, size);
    int64_t count = 1;
    while (c.accept("[")) {
        count *= c.is("]") ? 0 : c.integer();
        c.expect("]");
    }
    v.bytes = count * size;
    if (c.accept("=")) {
        int64_t offset = 0;
        initialiser(c, v, size, offset);
        v.bytes = std::max(v.bytes, offset);
    }
    return v;
}

}  // namespace softgpu::ptx
