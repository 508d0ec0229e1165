// Bitwise logic, shifts, bit fields, byte permutation.
#include "ops/families.h"
#include "ops/lanes.h"

namespace softgpu::ops {
namespace {

struct And { template <class T> static T of(T a, T b) { return a & b; } };
struct Or { template <class T> static T of(T a, T b) { return a | b; } };
struct Xor { template <class T> static T of(T a, T b) { return a ^ b; } };
struct Complement { template <class T> static T of(T a) { return (T)~a; } };
struct Cnot { template <class T> static T of(T a) { return a == 0; } };

template <class F>
void predicates(Warp& w, const Instruction& i, Mask active) {
    Mask& d = *w.at<Mask>(i.d);
    d = (d & ~active) | (F::template of<Mask>(w.predicate(i.a), w.predicate(i.b)) & active);
}
void notPredicate(Warp& w, const Instruction& i, Mask active) {
    Mask& d = *w.at<Mask>(i.d);
    d = (d & ~active) | (~w.predicate(i.a) & active);
}

Handler sized(int bytes, Handler two, Handler four, Handler eight) {
    return bytes == 2 ? two : bytes == 4 ? four : bytes == 8 ? eight : nullptr;
}

void emitSized(Builder& b, const ptx::Statement& s, Instruction& i, Handler run, int sources) {
    if (!run) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    emitPlain(b, i, run, ptx::typeBytes(s.parts.back()), sources);
}

template <class F>
void lowerBinary(Builder& b, const ptx::Statement& s, Instruction& i) {
    onlyModifiers(b, s, {s.parts.back().c_str()});
    if (s.parts.back() == "pred") {
        i.a = b.predicate(b.operand(1));
        i.b = b.predicate(b.operand(2));
        i.d = b.predicateDestination(b.operand(0).name);
        i.run = predicates<F>;
        return b.emit(i);
    }
    int bytes = ptx::typeBytes(s.parts.back());
    emitSized(b, s, i, sized(bytes, binary<uint16_t, F>, binary<uint32_t, F>, binary<uint64_t, F>), 2);
}

void lowerNot(Builder& b, const ptx::Statement& s, Instruction& i) {
    if (s.parts.back() == "pred") {
        i.a = b.predicate(b.operand(1));
        i.d = b.predicateDestination(b.operand(0).name);
        i.run = notPredicate;
        return b.emit(i);
    }
    int bytes = ptx::typeBytes(s.parts.back());
    emitSized(b, s, i, sized(bytes, unary<uint16_t, Complement>, unary<uint32_t, Complement>, unary<uint64_t, Complement>), 1);
}

void lowerCnot(Builder& b, const ptx::Statement& s, Instruction& i) {
    int bytes = ptx::typeBytes(s.parts.back());
    emitSized(b, s, i, sized(bytes, unary<uint16_t, Cnot>, unary<uint32_t, Cnot>, unary<uint64_t, Cnot>), 1);
}

// Amounts beyond the width are clamped to it.
struct Left { template <class T> static T of(T a, uint32_t n) { return n >= 8 * sizeof(T) ? 0 : (T)(a << n); } };
struct Right {
    template <class T> static T of(T a, uint32_t n) { return (T)(n >= 8 * sizeof(T) ? (a < 0 ? -1 : 0) : a >> n); }
};

template <class T, class F>
void shift(Warp& w, const Instruction& i, Mask active) {
    const T* a = w.at<T>(i.a);
    const uint32_t* n = w.at<uint32_t>(i.b);
    eachLane(w.at<T>(i.d), active, [=](int l) { return F::of(a[l], n[l]); });
}

void emitShift(Builder& b, const ptx::Statement& s, Instruction& i, Handler run) {
    if (!run) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    int bytes = ptx::typeBytes(s.parts.back());
    i.run = run;
    i.d = b.destination(b.operand(0), bytes);
    i.a = b.source(b.operand(1), bytes);
    i.b = b.source(b.operand(2), 4);
    b.emit(i);
}

void lowerShl(Builder& b, const ptx::Statement& s, Instruction& i) {
    int bytes = ptx::typeBytes(s.parts.back());
    emitShift(b, s, i, sized(bytes, shift<uint16_t, Left>, shift<uint32_t, Left>, shift<uint64_t, Left>));
}
void lowerShr(Builder& b, const ptx::Statement& s, Instruction& i) {
    int bytes = ptx::typeBytes(s.parts.back());
    bool arithmetic = s.parts.back()[0] == 's';
    emitShift(b, s, i,
              arithmetic ? sized(bytes, shift<int16_t, Right>, shift<int32_t, Right>, shift<int64_t, Right>)
                         : sized(bytes, shift<uint16_t, Right>, shift<uint32_t, Right>, shift<uint64_t, Right>));
}

/** shf: funnel shift of the pair (b, a), clamped or wrapped. extra: 1 right, 2 clamp. */
void funnel(Warp& w, const Instruction& i, Mask active) {
    const uint32_t *a = w.at<uint32_t>(i.a), *b = w.at<uint32_t>(i.b), *c = w.at<uint32_t>(i.c);
    const bool right = i.extra & 1, clamp = i.extra & 2;
    eachLane(w.at<uint32_t>(i.d), active, [=](int l) {
        uint32_t n = clamp ? (c[l] < 32 ? c[l] : 32) : c[l] & 31;
        uint64_t pair = (uint64_t)b[l] << 32 | a[l];
        return (uint32_t)(right ? pair >> n : (n == 32 ? (uint64_t)a[l] << 32 : pair << n) >> 32);
    });
}

void lowerShf(Builder& b, const ptx::Statement& s, Instruction& i) {
    onlyModifiers(b, s, {"l", "r", "clamp", "wrap", "b32"});
    i.extra = (s.has("r") ? 1u : 0u) | (s.has("clamp") ? 2u : 0u);
    emitPlain(b, i, funnel, 4, 3);
}

template <class T>
void extract(Warp& w, const Instruction& i, Mask active) {
    const T* a = w.at<T>(i.a);
    const uint32_t *pos = w.at<uint32_t>(i.b), *len = w.at<uint32_t>(i.c);
    constexpr uint32_t BITS = 8 * sizeof(T);
    eachLane(w.at<T>(i.d), active, [=](int l) {
        uint32_t p = pos[l] & 255, n = len[l] & 255;
        if (n == 0) return (T)0;
        bool isSigned = (T)-1 < 0;
        uint32_t top = p + n - 1 < BITS - 1 ? p + n - 1 : BITS - 1;
        bool sign = isSigned && (a[l] >> top & 1);
        uint64_t field = p < BITS ? (uint64_t)(std::make_unsigned_t<T>)a[l] >> p : 0;
        uint64_t kept = top >= p ? (top - p >= 63 ? ~0ull : (1ull << (top - p + 1)) - 1) : 0;
        return (T)(sign ? field | ~kept : field & kept);
    });
}

void lowerBfe(Builder& b, const ptx::Statement& s, Instruction& i) {
    const std::string& t = s.parts.back();
    i.run = t == "u32" ? extract<uint32_t> : t == "s32" ? extract<int32_t> : t == "u64" ? extract<uint64_t> : t == "s64" ? extract<int64_t> : nullptr;
    if (!i.run) b.fail("'" + s.opcode() + "' is not implemented by the software device");
    i.d = b.destination(b.operand(0), ptx::typeBytes(t));
    i.a = b.source(b.operand(1), ptx::typeBytes(t));
    i.b = b.source(b.operand(2), 4);
    i.c = b.source(b.operand(3), 4);
    b.emit(i);
}

template <class T>
void insert(Warp& w, const Instruction& i, Mask active) {
    const T *a = w.at<T>(i.a), *into = w.at<T>(i.b);
    const uint32_t *pos = w.at<uint32_t>(i.c), *len = w.at<uint32_t>(i.e);
    constexpr uint32_t BITS = 8 * sizeof(T);
    eachLane(w.at<T>(i.d), active, [=](int l) {
        uint32_t p = pos[l] & 255, n = len[l] & 255;
        if (p >= BITS || n == 0) return into[l];
        T field = n >= BITS ? (T)~(T)0 : (T)(((T)1 << n) - 1);
        return (T)((into[l] & ~(T)(field << p)) | ((a[l] & field) << p));
    });
}

void lowerBfi(Builder& b, const ptx::Statement& s, Instruction& i) {
    int bytes = ptx::typeBytes(s.parts.back());
    i.run = bytes == 4 ? insert<uint32_t> : insert<uint64_t>;
    i.d = b.destination(b.operand(0), bytes);
    i.a = b.source(b.operand(1), bytes);
    i.b = b.source(b.operand(2), bytes);
    i.c = b.source(b.operand(3), 4);
    i.e = b.source(b.operand(4), 4);
    b.emit(i);
}

struct Brev {
    static uint32_t of(uint32_t a) {
        uint32_t r = 0;
        for (int k = 0; k < 32; k++) r |= (a >> k & 1) << (31 - k);
        return r;
    }
    static uint64_t of(uint64_t a) { return (uint64_t)of((uint32_t)a) << 32 | of((uint32_t)(a >> 32)); }
};

void lowerBrev(Builder& b, const ptx::Statement& s, Instruction& i) {
    int bytes = ptx::typeBytes(s.parts.back());
    emitSized(b, s, i, sized(bytes, nullptr, unary<uint32_t, Brev>, unary<uint64_t, Brev>), 1);
}

/** Each nibble of c picks a byte of (b, a); its top bit replicates that byte's sign. */
struct Prmt {
    static uint32_t of(uint32_t a, uint32_t b, uint32_t c) {
        uint64_t pair = (uint64_t)b << 32 | a;
        uint32_t r = 0;
        for (int k = 0; k < 4; k++) {
            uint32_t pick = c >> (4 * k) & 15;
            uint32_t byte = (uint32_t)(pair >> (8 * (pick & 7))) & 255;
            if (pick & 8) byte = byte & 128 ? 255 : 0;
            r |= byte << (8 * k);
        }
        return r;
    }
};

void lowerPrmt(Builder& b, const ptx::Statement& s, Instruction& i) {
    onlyModifiers(b, s, {"b32"});
    emitPlain(b, i, ternary<uint32_t, Prmt>, 4, 3);
}

/** Any function of three bits: bit k of the table is its value for a = k>>2, b = k>>1, c = k. */
void lop3(Warp& w, const Instruction& i, Mask active) {
    const uint32_t *a = w.at<uint32_t>(i.a), *b = w.at<uint32_t>(i.b), *c = w.at<uint32_t>(i.c);
    const uint32_t table = i.extra;
    eachLane(w.at<uint32_t>(i.d), active, [=](int l) {
        uint32_t r = 0;
        for (int k = 0; k < 8; k++)
            r |= table >> k & 1 ? (k & 4 ? a[l] : ~a[l]) & (k & 2 ? b[l] : ~b[l]) & (k & 1 ? c[l] : ~c[l]) : 0;
        return r;
    });
}

void lowerLop3(Builder& b, const ptx::Statement& s, Instruction& i) {
    onlyModifiers(b, s, {"b32"});
    i.extra = (uint32_t)b.operand(4).value;
    i.run = lop3;
    i.d = b.destination(b.operand(0), 4);
    i.a = b.source(b.operand(1), 4);
    i.b = b.source(b.operand(2), 4);
    i.c = b.source(b.operand(3), 4);
    b.emit(i);
}

}  // namespace

void addLogic(Table& t) {
    t["and"] = lowerBinary<And>;
    t["or"] = lowerBinary<Or>;
    t["xor"] = lowerBinary<Xor>;
    t["not"] = lowerNot;
    t["cnot"] = lowerCnot;
    t["shl"] = lowerShl;
    t["shr"] = lowerShr;
    t["shf"] = lowerShf;
    t["bfe"] = lowerBfe;
    t["bfi"] = lowerBfi;
    t["brev"] = lowerBrev;
    t["prmt"] = lowerPrmt;
    t["lop3"] = lowerLop3;
}

}  // namespace softgpu::ops
