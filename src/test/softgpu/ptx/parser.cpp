#include "ptx/parser.h"

#include "ptx/body.h"
#include "ptx/cursor.h"
#include "ptx/variables.h"

namespace softgpu::ptx {
namespace {

std::vector<std::string> sourceLines(const std::string& text) {
    std::vector<std::string> lines(1);
    for (char ch : text) {
        if (ch == '\n') lines.emplace_back();
        else if (ch != '\r') lines.back() += ch == '\t' ? ' ' : ch;
    }
    for (auto& l : lines) {
        size_t from = l.find_first_not_of(' '), to = l.find_last_not_of(' ');
        l = from == std::string::npos ? "" : l.substr(from, to - from + 1);
    }
    return lines;
}

class Parser {
  public:
    explicit Parser(const std::string& text) : c(tokenize(text)), lines(sourceLines(text)) {}

    Module run() {
        while (!c.ends()) topLevel();
        if (module.version.empty()) c.fail("no .version: this is not PTX");
        return std::move(module);
    }

  private:
    Cursor c;
    std::vector<std::string> lines;
    Module module;

    void topLevel() {
        bool isExtern = false;
        for (; c.is(".visible") || c.is(".weak") || c.is(".extern") || c.is(".common"); c.take())
            isExtern |= c.is(".extern");
        Space space;
        if (c.accept(".version")) {
            module.version = c.take().text;
        } else if (c.accept(".target")) {
            module.target = c.word();
            while (c.accept(",")) c.word();
        } else if (c.accept(".address_size")) {
            if (c.integer() != 64) c.fail("only 64-bit addresses are known");
        } else if (c.is(".entry") || c.is(".func")) {
            function();
        } else if (spaceOf(c.peek().text, space)) {
            module.variables.push_back(variable(c));
            module.variables.back().isExtern = isExtern;
            c.expect(";");
        } else if (c.is(".file") || c.is(".loc")) {
            for (int line = c.line(); !c.ends() && c.line() == line;) c.take();
        } else if (c.accept(".section")) {
            c.skipTo("}");
            c.expect("}");
        } else {
            c.fail("'" + c.peek().text + "' is not known");
        }
    }

    void parameters(std::vector<Variable>& into) {
        if (!c.accept("(")) return;
        while (!c.accept(")")) {
            into.push_back(variable(c));
            into.back().space = Space::Param;
            c.accept(",");
        }
    }

    void function() {
        Function f;
        f.isEntry = c.take().text == ".entry";
        parameters(f.results);
        f.name = c.word();
        parameters(f.parameters);
        performance(f);
        if (c.accept("{")) {
            f.hasBody = true;
            body(c, f, lines);
        } else {
            c.accept(";");
        }
        auto known = module.functions.find(f.name);
        if (known == module.functions.end() || f.hasBody) module.functions[f.name] = std::move(f);
    }

    /** Directives between the parameters and the body. */
    void performance(Function& f) {
        while (c.peek().kind == Token::Word && c.peek().text[0] == '.') {
            std::string word = c.take().text;
            int64_t product = 1;
            while (c.peek().kind == Token::Number) {
                product *= c.integer();
                c.accept(",");
            }
            if (word == ".maxntid" || word == ".reqntid") f.maxThreads = (int)product;
            else if (word != ".minnctapersm" && word != ".maxnreg" && word != ".noreturn" && word != ".pragma")
                c.fail("directive '" + word + "' is not known");
        }
    }
};

}  // namespace

Module parse(const std::string& text) { return Parser(text).run(); }

}  // namespace softgpu::ptx
