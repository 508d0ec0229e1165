#include "ptx/body.h"

#include <set>

#include "ptx/variables.h"

namespace softgpu::ptx {
namespace {

class Body {
  public:
    Body(Cursor& c, Function& f, const std::vector<std::string>& lines) : c(c), f(f), lines(lines) {}

    void run() {
        open(-1);
        block(0);
        for (auto& s : f.body) resolve(s);
    }

  private:
    Cursor& c;
    Function& f;
    const std::vector<std::string>& lines;
    std::vector<int> parents;
    std::set<std::string> declared;

    int open(int parent) {
        parents.push_back(parent);
        return (int)parents.size() - 1;
    }

    /** Names of nested scopes carry the scope's number; those of the outermost stay as they are. */
    static std::string scoped(const std::string& name, int scope) {
        return scope == 0 ? name : name + "#" + std::to_string(scope);
    }

    std::string declare(const std::string& name, int scope) {
        std::string unique = scoped(name, scope);
        declared.insert(unique);
        return unique;
    }

    void block(int scope) {
        while (!c.accept("}")) {
            if (c.ends()) c.fail("a closing brace is missing");
            if (c.accept("{")) block(open(scope));
            else if (c.peek().kind == Token::Word && c.peek(1).text == ":") label(scope);
            else if (c.peek().kind == Token::Word && c.peek().text[0] == '.') directive(scope);
            else if (!c.accept(";")) instruction(scope);
        }
    }

    void label(int scope) {
        Statement s;
        s.line = c.line();
        std::string name = c.word();
        c.expect(":");
        if (c.is(".branchtargets")) {
            c.take();
            auto& targets = f.branchTargets[declare(name, scope)];
            do targets.push_back(c.word());
            while (c.accept(","));
            c.expect(";");
            return;
        }
        s.label = declare(name, scope);
        f.body.push_back(s);
    }

    void directive(int scope) {
        std::string word = c.peek().text;
        Space space;
        if (word == ".reg") {
            c.take();
            registers(scope);
        } else if (spaceOf(word, space)) {
            Variable v = variable(c);
            v.name = declare(v.name, scope);
            f.variables.push_back(v);
            c.expect(";");
        } else if (word == ".loc" || word == ".file") {
            int line = c.line();
            while (!c.ends() && c.line() == line) c.take();
        } else if (word == ".pragma") {
            c.skipTo(";");
            c.expect(";");
        } else {
            c.fail("directive '" + word + "' is not known");
        }
    }

    void registers(int scope) {
        std::string type = c.word().substr(1);
        if (!typeBytes(type)) c.fail("register type '" + type + "' is not known");
        do {
            std::string name = c.word();
            if (c.accept("<")) {
                int64_t count = c.integer();
                c.expect(">");
                for (int64_t i = 0; i < count; i++) f.registers.push_back({declare(name + std::to_string(i), scope), type});
            } else {
                f.registers.push_back({declare(name, scope), type});
            }
        } while (c.accept(","));
        c.expect(";");
    }

    void instruction(int scope) {
        Statement s;
        s.scope = scope;
        s.line = c.line();
        if (s.line <= (int)lines.size()) s.text = lines[s.line - 1];
        if (c.accept("@")) {
            s.guardNegated = c.accept("!");
            s.guard = c.word();
        }
        split(c.word(), s.parts);
        while (!c.accept(";")) {
            if (c.ends()) c.fail("';' expected");
            s.operands.push_back(operand());
            c.accept(",");
        }
        f.body.push_back(s);
    }

    static void split(const std::string& opcode, std::vector<std::string>& parts) {
        size_t from = 0;
        for (size_t dot; (dot = opcode.find('.', from)) != std::string::npos; from = dot + 1)
            parts.push_back(opcode.substr(from, dot - from));
        parts.push_back(opcode.substr(from));
    }

    Operand operand() {
        Operand o;
        if (c.accept("[")) return address();
        if (c.is("{") || c.is("(")) return list(c.take().text == "{" ? "}" : ")");
        o.negated = c.accept("!");
        if (c.is("-") || c.peek().kind == Token::Number) {
            o.kind = Operand::Number;
            bool negative = c.accept("-");
            o.value = numberBits(c.take().text, o.numberForm);
            if (negative) o.value = o.numberForm == 'i' ? (uint64_t)(-(int64_t)o.value) : o.value ^ (1ull << 63);
            return o;
        }
        o.name = c.word();
        o.kind = o.name == "_" ? Operand::Sink : Operand::Name;
        if (c.accept("|")) o.second = c.word();
        if (c.accept("+")) o.displacement = c.integer();
        return o;
    }

    Operand address() {
        Operand o;
        o.kind = Operand::Address;
        if (c.peek().kind == Token::Word) o.name = c.word();
        while (!c.accept("]")) {
            bool plus = c.accept("+");
            if (!plus && !c.is("-") && c.peek().kind != Token::Number) c.fail("an address is not understood");
            o.displacement += c.integer();
        }
        return o;
    }

    Operand list(const char* close) {
        Operand o;
        o.kind = Operand::Vector;
        while (!c.accept(close)) {
            o.elements.push_back(operand());
            c.accept(",");
        }
        return o;
    }

    void rename(std::string& name, int scope) const {
        if (name.empty()) return;
        for (int s = scope; s > 0; s = parents[s]) {
            if (!declared.count(scoped(name, s))) continue;
            name = scoped(name, s);
            return;
        }
    }

    void rename(Operand& o, int scope) const {
        rename(o.name, scope);
        rename(o.second, scope);
        for (auto& e : o.elements) rename(e, scope);
    }

    void resolve(Statement& s) const {
        rename(s.guard, s.scope);
        for (auto& o : s.operands) rename(o, s.scope);
    }
};

}  // namespace

void body(Cursor& c, Function& f, const std::vector<std::string>& lines) { Body(c, f, lines).run(); }

}  // namespace softgpu::ptx
