// mov, packing and unpacking of vectors, conversions of addresses.
#include "ops/families.h"
#include "ops/lanes.h"
#include "simt/access.h"

namespace softgpu::ops {
namespace {

template <class T>
void move(Warp& w, const Instruction& i, Mask active) {
    const T* a = w.at<T>(i.a);
    eachLane(w.at<T>(i.d), active, [=](int l) { return a[l]; });
}

void movePredicate(Warp& w, const Instruction& i, Mask active) {
    Mask& d = *w.at<Mask>(i.d);
    d = (d & ~active) | (w.predicate(i.a) & active);
}

/** {x, y} into one register of twice the width. */
template <class W, class T>
void pack(Warp& w, const Instruction& i, Mask active) {
    const T *a = w.at<T>(i.a), *b = w.at<T>(i.b);
    eachLane(w.at<W>(i.d), active, [=](int l) { return (W)((W)a[l] | (W)b[l] << (8 * sizeof(T))); });
}

template <class W, class T>
void unpack(Warp& w, const Instruction& i, Mask active) {
    const W* a = w.at<W>(i.a);
    T kept[LANES];
    for (int l = 0; l < LANES; l++) kept[l] = (T)(a[l] >> (8 * sizeof(T)));
    eachLane(w.at<T>(i.d), active, [=](int l) { return (T)a[l]; });
    eachLane(w.at<T>(i.e), active, [&](int l) { return kept[l]; });
}

Handler mover(int bytes) { return bytes == 2 ? move<uint16_t> : bytes == 4 ? move<uint32_t> : move<uint64_t>; }

void lowerPacking(Builder& b, const ptx::Statement& s, Instruction& i, int bytes) {
    const auto &d = b.operand(0), &a = b.operand(1);
    const auto& parts = d.kind == ptx::Operand::Vector ? d.elements : a.elements;
    if (parts.size() != 2 || bytes < 4) b.fail("'" + s.opcode() + "' with this vector is not implemented by the software device");
    int half = bytes / 2;
    if (d.kind == ptx::Operand::Vector) {
        i.d = b.destination(parts[0], half);
        i.e = b.destination(parts[1], half);
        i.a = b.source(a, bytes);
        i.run = bytes == 4 ? unpack<uint32_t, uint16_t> : unpack<uint64_t, uint32_t>;
    } else {
        i.d = b.destination(d, bytes);
        i.a = b.source(parts[0], half);
        i.b = b.source(parts[1], half);
        i.run = bytes == 4 ? pack<uint32_t, uint16_t> : pack<uint64_t, uint32_t>;
    }
    b.emit(i);
}

void activeMask(Warp& w, const Instruction& i, Mask active) {
    Mask now = w.current & active;
    eachLane(w.at<uint32_t>(i.d), active, [=](int) { return now; });
}

void clock(Warp& w, const Instruction& i, Mask active) {
    uint64_t now = w.block->stuckAfter + 1;
    if (i.width == 8) eachLane(w.at<uint64_t>(i.d), active, [=](int) { return now; });
    else eachLane(w.at<uint32_t>(i.d), active, [=](int) { return (uint32_t)now; });
}

void lowerMov(Builder& b, const ptx::Statement& s, Instruction& i) {
    const std::string& type = s.parts.back();
    const auto& from = b.operand(1);
    if (type == "pred") {
        i.run = movePredicate;
        i.d = b.predicateDestination(b.operand(0).name);
        i.a = b.predicate(from);
        return b.emit(i);
    }
    int bytes = ptx::typeBytes(type);
    onlyModifiers(b, s, {type.c_str()});
    if (b.operand(0).kind == ptx::Operand::Vector || from.kind == ptx::Operand::Vector) return lowerPacking(b, s, i, bytes);
    i.d = b.destination(b.operand(0), bytes);
    i.width = (uint8_t)bytes;
    if (from.name == "%clock" || from.name == "%clock64" || from.name == "%globaltimer") {
        i.run = clock;
    } else {
        i.run = mover(bytes);
        i.a = b.source(from, bytes);
    }
    b.emit(i);
}

void lowerActiveMask(Builder& b, const ptx::Statement&, Instruction& i) {
    i.run = activeMask;
    i.d = b.destination(b.operand(0), 4);
    b.emit(i);
}

/** displacement: what to add to get from one kind of address to the other. */
void shiftWindow(Warp& w, const Instruction& i, Mask active) {
    const uint64_t* a = w.at<uint64_t>(i.a);
    const uint64_t by = (uint64_t)i.displacement;
    eachLane(w.at<uint64_t>(i.d), active, [=](int l) { return a[l] + by; });
}

void lowerCvta(Builder& b, const ptx::Statement& s, Instruction& i) {
    onlyModifiers(b, s, {"to", "global", "shared", "shared::cta", "local", "const", "param", "u64"});
    uint64_t window = s.has("shared") || s.has("shared::cta") ? simt::SHARED_WINDOW
                      : s.has("local")                        ? simt::LOCAL_WINDOW
                      : s.has("param")                        ? simt::PARAM_WINDOW
                                                              : 0;
    i.run = shiftWindow;
    i.displacement = (int64_t)(s.has("to") ? 0 - window : window);
    i.d = b.destination(b.operand(0), 8);
    i.a = b.source(b.operand(1), 8);
    b.emit(i);
}

void isSpace(Warp& w, const Instruction& i, Mask active) {
    Mask truth = 0;
    for (int l = 0; l < LANES; l++) truth |= (Mask)(w.at<uint64_t>(i.a)[l] >> simt::WINDOW_SHIFT == i.extra) << l;
    Mask& d = *w.at<Mask>(i.d);
    d = (d & ~active) | (truth & active);
}

void lowerIsspacep(Builder& b, const ptx::Statement& s, Instruction& i) {
    i.extra = s.has("global") ? 0u : s.has("shared") ? 1u : s.has("local") ? 2u : 99u;
    if (i.extra == 99) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    i.run = isSpace;
    i.d = b.predicateDestination(b.operand(0).name);
    i.a = b.source(b.operand(1), 8);
    b.emit(i);
}

}  // namespace

void addMove(Table& t) {
    t["mov"] = lowerMov;
    t["activemask"] = lowerActiveMask;
    t["cvta"] = lowerCvta;
    t["isspacep"] = lowerIsspacep;
}

}  // namespace softgpu::ops
