#include "ptx/lexer.h"

#include <cctype>

#include "common/fault.h"

namespace softgpu::ptx {
namespace {

bool startsWord(char c) { return isalpha((unsigned char)c) || c == '_' || c == '$' || c == '%' || c == '.'; }
bool inWord(char c) { return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '%' || c == '.'; }

class Lexer {
  public:
    explicit Lexer(const std::string& text) : text(text) {}

    std::vector<Token> run() {
        std::vector<Token> tokens;
        while (skipBlank()) tokens.push_back(next());
        tokens.push_back({Token::End, "", line});
        return tokens;
    }

  private:
    const std::string& text;
    size_t at = 0;
    int line = 1;

    char peek(size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }

    void advance() {
        if (text[at++] == '\n') line++;
    }

    bool skipBlank() {
        while (at < text.size()) {
            if (peek() == '/' && peek(1) == '/') {
                while (at < text.size() && peek() != '\n') advance();
            } else if (peek() == '/' && peek(1) == '*') {
                while (at < text.size() && !(peek() == '*' && peek(1) == '/')) advance();
                if (at < text.size()) at += 2;
            } else if (isspace((unsigned char)peek())) {
                advance();
            } else {
                return peek() != '\0';
            }
        }
        return false;
    }

    Token next() {
        size_t from = at;
        Token::Kind kind = Token::Symbol;
        if (isdigit((unsigned char)peek())) {
            kind = Token::Number;
            while (isalnum((unsigned char)peek()) || peek() == '.') at++;
        } else if (startsWord(peek())) {
            kind = Token::Word;
            while (inWord(peek()) || (peek() == ':' && peek(1) == ':')) at += peek() == ':' ? 2 : 1;
        } else if (peek() == '"') {
            return string();
        } else {
            at++;
        }
        return {kind, text.substr(from, at - from), line};
    }

    Token string() {
        size_t from = ++at;
        while (at < text.size() && peek() != '"') advance();
        if (at >= text.size()) throw Fault(INVALID_PTX, "PTX: a string without end in line " + std::to_string(line));
        return {Token::String, text.substr(from, at++ - from), line};
    }
};

}  // namespace

std::vector<Token> tokenize(const std::string& text) { return Lexer(text).run(); }

}  // namespace softgpu::ptx
