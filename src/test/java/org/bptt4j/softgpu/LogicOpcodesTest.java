package org.bptt4j.softgpu;

import static org.bptt4j.softgpu.Elementwise.bits;
import static org.bptt4j.softgpu.Elementwise.cut;
import static org.bptt4j.softgpu.Elementwise.signed;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bitwise logic, shifts, bit fields and permutations, bit by bit. */
class LogicOpcodesTest {
    private static Elementwise of(String type, String code, Elementwise.Truth truth) {
        return new Elementwise(type, type, code, truth);
    }

    /** Bit k of d is bit {@code pick(k)} of a, or 0 if that is negative. */
    private static long field(long a, int bits, java.util.function.IntUnaryOperator pick) {
        long result = 0;
        for (int k = 0; k < bits; k++) {
            int from = pick.applyAsInt(k);
            result |= from < 0 ? 0 : (a >>> from & 1) << k;
        }
        return result;
    }

    private static long extract(long a, long position, long length, String type) {
        int bits = bits(type), p = (int) position & 255, n = (int) length & 255;
        int top = Math.min(p + n - 1, bits - 1);
        boolean signed = type.startsWith("s");
        return field(a, bits, k -> n == 0 ? -1 : k < n && p + k < bits ? p + k : signed ? top : -1);
    }

    private static long permute(long a, long b, long c) {
        long pair = b << 32 | a, result = 0;
        for (int k = 0; k < 4; k++) {
            int pick = (int) (c >>> (4 * k)) & 15;
            int value = (int) (pair >>> (8 * (pick & 7))) & 255;
            result |= (long) (pick < 8 ? value : value > 127 ? 255 : 0) << (8 * k);
        }
        return result;
    }

    static List<Elementwise> cases() {
        List<Elementwise> all = new ArrayList<>();
        for (String type : new String[] {"b16", "b32", "b64"}) {
            String t = type.equals("b64") ? "u64" : type;
            int bits = bits(type);
            all.add(of(t, "and." + type + " %d, %a, %b;", (a, b, c) -> a & b));
            all.add(of(t, "or." + type + " %d, %a, %b;", (a, b, c) -> a | b));
            all.add(of(t, "xor." + type + " %d, %a, %b;", (a, b, c) -> a ^ b));
            all.add(of(t, "not." + type + " %d, %a;", (a, b, c) -> ~a));
            all.add(of(t, "cnot." + type + " %d, %a;", (a, b, c) -> a == 0 ? 1 : 0));
            String amount = bits == 32 ? "mov.b32 %r0, %b;" : "cvt.u32.u" + bits + " %r0, %b;";
            all.add(of(t, amount + " shl." + type + " %d, %a, %r0;", (a, b, c) -> shift(b, bits) ? 0 : a << b));
            all.add(of(t, amount + " shr.u" + bits + " %d, %a, %r0;", (a, b, c) -> shift(b, bits) ? 0 : a >>> b));
            all.add(of(
                    t,
                    amount + " shr.s" + bits + " %d, %a, %r0;",
                    (a, b, c) -> signed(a, t) >> (shift(b, bits) ? 63 : b)));
        }
        for (String type : new String[] {"u32", "s32", "u64", "s64"}) {
            String convert = bits(type) == 32 ? "mov.b32" : "cvt.u32.u64";
            String fields = convert + " %r0, %b; " + convert + " %r1, %c; ";
            all.add(of(type, fields + "bfe." + type + " %d, %a, %r0, %r1;", (a, b, c) -> extract(a, b, c, type)));
        }
        all.add(of("b32", "bfi.b32 %d, %a, %b, %c, 5;", (a, b, c) -> insert(a, b, (int) c & 255, 5, 32)));
        all.add(of(
                "u64",
                "cvt.u32.u64 %r0, %c; bfi.b64 %d, %a, %b, %r0, 40;",
                (a, b, c) -> insert(a, b, (int) c & 255, 40, 64)));
        all.add(of("b32", "brev.b32 %d, %a;", (a, b, c) -> Integer.reverse((int) a)));
        all.add(of("u64", "brev.b64 %d, %a;", (a, b, c) -> Long.reverse(a)));
        all.add(of("b32", "prmt.b32 %d, %a, %b, %c;", LogicOpcodesTest::permute));
        all.add(of("b32", "shf.l.wrap.b32 %d, %a, %b, %c;", (a, b, c) -> (b << 32 | a) << (c & 31) >>> 32));
        all.add(of("b32", "shf.r.wrap.b32 %d, %a, %b, %c;", (a, b, c) -> (b << 32 | a) >>> (c & 31)));
        all.add(of("b32", "shf.l.clamp.b32 %d, %a, %b, %c;", (a, b, c) -> c >= 32 ? a : (b << 32 | a) << c >>> 32));
        all.add(of("b32", "shf.r.clamp.b32 %d, %a, %b, %c;", (a, b, c) -> c >= 32 ? b : (b << 32 | a) >>> c));
        all.add(of("b32", "lop3.b32 %d, %a, %b, %c, 0x96;", (a, b, c) -> a ^ b ^ c));
        all.add(of("b32", "lop3.b32 %d, %a, %b, %c, 0xe8;", (a, b, c) -> (a & b) | (b & c) | (a & c)));
        return all;
    }

    private static boolean shift(long amount, int bits) {
        return cut(amount, "u32") >= bits;
    }

    private static long insert(long a, long b, int position, int length, int bits) {
        long result = b;
        for (int k = 0; k < length && position + k < bits; k++) {
            result = (result & ~(1L << (position + k))) | (((a >>> k) & 1) << (position + k));
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isWhatJavaComputes(Elementwise instruction) {
        instruction.verify();
    }
}
