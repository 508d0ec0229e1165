// Operands to places: registers, constants, special registers, addresses of variables.
#include <cstring>

#include "common/fault.h"
#include "ops/builder.h"
#include "simt/warp.h"

namespace softgpu::ops {

using ptx::Operand;
using ptx::Space;
using simt::CONSTANT;
using simt::LANES;
using simt::NOWHERE;
using simt::Special;

const Operand& Builder::operand(size_t k) const {
    if (k >= current->operands.size()) fail("an operand is missing");
    return current->operands[k];
}

Place Builder::allocate(int bytes) {
    Place p = program.registerBytes;
    program.registerBytes += (uint32_t)(bytes * LANES);
    return p;
}

Place Builder::carry() {
    if (carryFlag == NOWHERE) carryFlag = allocate(1);
    return carryFlag;
}

const Builder::Slot& Builder::slot(const std::string& name) const {
    auto found = frame->registers.find(name);
    if (found == frame->registers.end()) fail("register " + name + " is not declared");
    Slot& s = found->second;
    if (s.place == NOWHERE) {
        auto* self = const_cast<Builder*>(this);
        s.place = self->allocate(s.predicate ? 1 : s.bytes);  // a predicate is one mask, at a 32-byte boundary like all
        if (!s.predicate) self->program.registersPerThread += (s.bytes + 3) / 4;
    }
    return s;
}

int Builder::width(const Operand& o) const {
    auto found = frame->registers.find(o.name);
    return o.kind != Operand::Name || found == frame->registers.end() ? 0 : found->second.bytes;
}

Place Builder::destination(const Operand& o, int bytes) {
    if (o.kind == Operand::Sink) return allocate(bytes);
    const Slot& s = slot(o.name);
    if (s.predicate || s.bytes != bytes) fail("register " + o.name + " does not have " + std::to_string(8 * bytes) + " bits");
    return s.place;
}

Place Builder::source(const Operand& o, int bytes) {
    if (o.kind == Operand::Number) return immediate(o, bytes);
    if (o.kind != Operand::Name) fail("an operand is of the wrong kind");
    if (frame->registers.count(o.name)) {
        const Slot& s = slot(o.name);
        if (s.predicate || s.bytes != bytes)
            fail("register " + o.name + " does not have " + std::to_string(8 * bytes) + " bits");
        return s.place;
    }
    return o.name[0] == '%' || o.name == "WARP_SZ" ? special(o.name, bytes) : symbol(o, bytes);
}

namespace {

void invert(simt::Warp& w, const Instruction& i, simt::Mask) { *w.at<simt::Mask>(i.d) = ~w.predicate(i.a); }

}  // namespace

Place Builder::predicate(const Operand& o) {
    if (o.kind == Operand::Number) return constant(o.value ? ~0u : 0u, 4);
    if (o.kind != Operand::Name) fail("a predicate is expected");
    const Slot& s = slot(o.name);
    if (!s.predicate) fail("register " + o.name + " is not a predicate");
    if (!o.negated) return s.place;
    Instruction i;
    i.run = invert;
    i.a = s.place;
    i.d = allocate(1);
    emit(i);
    return i.d;
}

Place Builder::predicateDestination(const std::string& name) {
    if (name == "_") return allocate(1);
    const Slot& s = slot(name);
    if (!s.predicate) fail("register " + name + " is not a predicate");
    return s.place;
}

Place Builder::constant(uint64_t value, int bytes) {
    if (bytes < 8) value &= (1ull << (8 * bytes)) - 1;
    auto known = constants.find({value, bytes});
    if (known != constants.end()) return known->second;
    size_t at = program.constants.size();
    program.constants.resize(at + (size_t)(LANES * bytes));
    for (int l = 0; l < LANES; l++) memcpy(program.constants.data() + at + l * bytes, &value, (size_t)bytes);
    return constants[{value, bytes}] = (Place)at | CONSTANT;
}

Place Builder::immediate(const Operand& o, int bytes) {
    if (o.numberForm == 'f' && bytes == 8) fail("a 32-bit float where 64 bits are expected");
    if (o.numberForm == 'd' && bytes == 4) {
        double wide;
        memcpy(&wide, &o.value, 8);
        float narrow = (float)wide;
        uint32_t bits;
        memcpy(&bits, &narrow, 4);
        return constant(bits, 4);
    }
    return constant(o.value, bytes);
}

bool Builder::variable(const std::string& name, uint64_t& address, bool& dynamic) {
    dynamic = false;
    auto local = frame->variables.find(name);
    if (local != frame->variables.end()) return address = local->second, true;
    auto global = symbols.find(name);
    if (global != symbols.end()) return address = global->second, true;
    for (auto& v : module.variables) {
        if (v.name != name || v.space != Space::Shared) continue;
        address = 0;
        dynamic = v.isExtern || v.bytes == 0;
        if (dynamic) return true;
        auto known = moduleShared.find(name);
        if (known == moduleShared.end()) {
            uint32_t align = (uint32_t)std::max(v.align, 8);
            program.sharedBytes = (program.sharedBytes + align - 1) / align * align;
            known = moduleShared.insert({name, program.sharedBytes}).first;
            program.sharedBytes += (uint32_t)v.bytes;
        }
        address = known->second;
        return true;
    }
    return false;
}

Place Builder::symbol(const Operand& o, int bytes) {
    uint64_t address;
    bool dynamic;
    if (!variable(o.name, address, dynamic)) fail("'" + o.name + "' is not defined");
    if (!dynamic) return constant(address + (uint64_t)o.displacement, bytes);
    if (o.displacement) fail("an offset to extern shared memory is not implemented here");
    Place p = (Place)program.constants.size() | CONSTANT;  // of its own: patched when the static part is known
    program.constants.resize(program.constants.size() + (size_t)(LANES * bytes));
    dynamicShared.push_back({p, bytes});
    return p;
}

void Builder::address(const Operand& o, Instruction& i) {
    if (o.kind != Operand::Address) fail("an address in brackets is expected");
    i.displacement = o.displacement;
    if (o.name.empty()) {
        i.a = constant(0, 8);
    } else if (frame->registers.count(o.name)) {
        const Slot& s = slot(o.name);
        if (s.predicate || s.bytes < 4) fail("register " + o.name + " cannot hold an address");
        i.a = s.place;
        i.wideAddress = s.bytes == 8;
    } else {
        Operand base;
        base.kind = Operand::Name;
        base.name = o.name;
        i.a = symbol(base, 8);
    }
}

bool Builder::isKernelParameter(const std::string& name, uint64_t* offset) const {
    const ptx::Function& f = *frame->function;
    for (size_t k = 0; f.isEntry && k < f.parameters.size(); k++) {
        if (f.parameters[k].name != name) continue;
        if (offset) *offset = program.parameters[k].offset;
        return true;
    }
    return false;
}

uint32_t Builder::list(const std::vector<uint32_t>& entries) {
    uint32_t at = (uint32_t)program.lists.size();
    program.lists.insert(program.lists.end(), entries.begin(), entries.end());
    return at;
}

Place Builder::special(const std::string& name, int bytes) {
    static const std::map<std::string, Special> names = {
        {"%tid.x", Special::TidX},         {"%tid.y", Special::TidY},         {"%tid.z", Special::TidZ},
        {"%ntid.x", Special::NtidX},       {"%ntid.y", Special::NtidY},       {"%ntid.z", Special::NtidZ},
        {"%ctaid.x", Special::CtaidX},     {"%ctaid.y", Special::CtaidY},     {"%ctaid.z", Special::CtaidZ},
        {"%nctaid.x", Special::NctaidX},   {"%nctaid.y", Special::NctaidY},   {"%nctaid.z", Special::NctaidZ},
        {"%laneid", Special::Lane},        {"%warpid", Special::WarpId},      {"%nwarpid", Special::NwarpId},
        {"%smid", Special::SmId},          {"%nsmid", Special::NsmId},        {"%gridid", Special::GridId},
        {"%lanemask_eq", Special::LaneEq}, {"%lanemask_lt", Special::LaneLt}, {"%lanemask_le", Special::LaneLe},
        {"%lanemask_gt", Special::LaneGt}, {"%lanemask_ge", Special::LaneGe}, {"%dynamic_smem_size", Special::DynamicShared},
        {"%total_smem_size", Special::TotalShared}};
    if (name == "WARP_SZ") return constant(LANES, bytes);
    auto which = names.find(name);
    if (which == names.end()) fail("special register " + name + " is not implemented by the software device");
    if (bytes != 4) fail("special register " + name + " read with " + std::to_string(8 * bytes) + " bits");
    auto known = specials.find(name);
    if (known != specials.end()) return known->second;
    Place p = allocate(4);
    program.specials.push_back({which->second, p});
    return specials[name] = p;
}

}  // namespace softgpu::ops
