// Loops over the 32 lanes, in a form that the compiler turns into vector instructions.
#pragma once
#include <cstdint>

#include "ops/builder.h"
#include "simt/warp.h"

namespace softgpu::ops {

using simt::ALL_LANES;
using simt::Handler;
using simt::LANES;
using simt::Mask;
using simt::NOWHERE;
using simt::Warp;

/** d[l] = f(l) for active lanes. Operands may be the destination itself, lane by lane. */
template <class T, class F>
inline void eachLane(T* d, Mask active, F f) {
    if (active == ALL_LANES) {
#pragma GCC ivdep
        for (int l = 0; l < LANES; l++) d[l] = f(l);
    } else {
#pragma GCC ivdep
        for (int l = 0; l < LANES; l++) d[l] = active >> l & 1 ? f(l) : d[l];
    }
}

/** F has `static T of(T a)`, and so on. */
template <class T, class F>
void unary(Warp& w, const Instruction& i, Mask active) {
    const T* a = w.at<T>(i.a);
    eachLane(w.at<T>(i.d), active, [=](int l) { return F::of(a[l]); });
}

template <class T, class F>
void binary(Warp& w, const Instruction& i, Mask active) {
    const T *a = w.at<T>(i.a), *b = w.at<T>(i.b);
    eachLane(w.at<T>(i.d), active, [=](int l) { return F::of(a[l], b[l]); });
}

template <class T, class F>
void ternary(Warp& w, const Instruction& i, Mask active) {
    const T *a = w.at<T>(i.a), *b = w.at<T>(i.b), *c = w.at<T>(i.c);
    eachLane(w.at<T>(i.d), active, [=](int l) { return F::of(a[l], b[l], c[l]); });
}

/** Sets d and up to three sources of one width from the operands in order, and emits. */
inline void emitPlain(Builder& b, Instruction& i, Handler run, int bytes, int sources) {
    i.run = run;
    i.d = b.destination(b.operand(0), bytes);
    i.a = b.source(b.operand(1), bytes);
    if (sources > 1) i.b = b.source(b.operand(2), bytes);
    if (sources > 2) i.c = b.source(b.operand(3), bytes);
    if ((int)b.operands() != sources + 1) b.fail("number of operands");
    b.emit(i);
}

/** Refuses modifiers that are not in the list: an unknown one would change the meaning. */
inline void onlyModifiers(Builder& b, const ptx::Statement& s, std::initializer_list<const char*> known) {
    for (size_t k = 1; k < s.parts.size(); k++) {
        bool found = false;
        for (auto* name : known) found |= s.parts[k] == name;
        if (!found) b.fail("'" + s.opcode() + "' with '." + s.parts[k] + "' is not implemented by the software device");
    }
}

}  // namespace softgpu::ops
