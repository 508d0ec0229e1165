// Walks tokens; every refusal names the line.
#pragma once
#include <string>
#include <vector>

#include "ptx/lexer.h"

namespace softgpu::ptx {

class Cursor {
  public:
    explicit Cursor(std::vector<Token> tokens) : tokens(std::move(tokens)) {}

    const Token& peek(size_t ahead = 0) const {
        return tokens[at + ahead < tokens.size() ? at + ahead : tokens.size() - 1];
    }
    bool is(const char* text) const { return peek().kind != Token::String && peek().text == text; }
    bool ends() const { return peek().kind == Token::End; }
    int line() const { return peek().line; }

    Token take() {
        Token t = peek();
        if (at < tokens.size() - 1) at++;
        return t;
    }
    bool accept(const char* text) {
        if (!is(text)) return false;
        take();
        return true;
    }
    void expect(const char* text) {
        if (!accept(text)) fail(std::string("'") + text + "' expected, found '" + peek().text + "'");
    }
    std::string word() {
        if (peek().kind != Token::Word) fail("a name expected, found '" + peek().text + "'");
        return take().text;
    }
    int64_t integer();
    void skipTo(const char* text) {
        while (!ends() && !is(text)) take();
    }
    [[noreturn]] void fail(const std::string& message) const;

  private:
    std::vector<Token> tokens;
    size_t at = 0;
};

/** The bits of a number as PTX writes them; `form` is 'f' or 'd' for 0f… and 0d…, 'e' for a decimal fraction. */
uint64_t numberBits(const std::string& text, char& form);

}  // namespace softgpu::ptx
