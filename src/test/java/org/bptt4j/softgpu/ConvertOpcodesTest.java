package org.bptt4j.softgpu;

import static org.bptt4j.softgpu.Elementwise.bits;
import static org.bptt4j.softgpu.Elementwise.d;
import static org.bptt4j.softgpu.Elementwise.f;
import static org.bptt4j.softgpu.Elementwise.signed;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Conversions, comparisons and selections. */
class ConvertOpcodesTest {
    private static Elementwise of(String in, String out, String code, Elementwise.Truth truth) {
        return new Elementwise(in, out, code, truth);
    }

    static List<Elementwise> conversions() {
        List<Elementwise> all = new ArrayList<>();
        all.add(of("s32", "s64", "cvt.s64.s32 %d, %a;", (a, b, c) -> (int) a));
        all.add(of("u32", "u64", "cvt.u64.u32 %d, %a;", (a, b, c) -> a));
        all.add(of("u64", "u32", "cvt.u32.u64 %d, %a;", (a, b, c) -> a));
        all.add(of(
                "s64",
                "s32",
                "cvt.sat.s32.s64 %d, %a;",
                (a, b, c) -> Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, a))));
        all.add(of("u16", "u32", "cvt.u32.u8 %d, %a;", (a, b, c) -> a & 255));
        all.add(of("u16", "s32", "cvt.s32.s8 %d, %a;", (a, b, c) -> (byte) a));
        all.add(of("u32", "u16", "cvt.u16.u32 %d, %a;", (a, b, c) -> a));
        all.add(of("u32", "s32", "cvt.s32.s16 %d, %a;", (a, b, c) -> (short) a));
        all.add(of("s32", "f32", "cvt.rn.f32.s32 %d, %a;", (a, b, c) -> bits((float) (int) a)));
        all.add(of("s64", "f32", "cvt.rn.f32.s64 %d, %a;", (a, b, c) -> bits((float) a)));
        all.add(of("u32", "f32", "cvt.rn.f32.u32 %d, %a;", (a, b, c) -> bits((float) a)));
        all.add(of("s64", "f64", "cvt.rn.f64.s64 %d, %a;", (a, b, c) -> bits((double) a)));
        all.add(of("f32", "f64", "cvt.f64.f32 %d, %a;", (a, b, c) -> bits((double) f(a))));
        all.add(of("f64", "f32", "cvt.rn.f32.f64 %d, %a;", (a, b, c) -> bits((float) d(a))));
        all.add(of("f32", "s32", "cvt.rzi.s32.f32 %d, %a;", (a, b, c) -> (int) f(a)));
        all.add(of("f64", "s64", "cvt.rzi.s64.f64 %d, %a;", (a, b, c) -> (long) d(a)));
        all.add(of("f32", "s64", "cvt.rmi.s64.f32 %d, %a;", (a, b, c) -> (long) Math.floor(f(a))));
        all.add(of(
                "f32", "u32", "cvt.rzi.u32.f32 %d, %a;", (a, b, c) -> Math.max(0, Math.min(0xffffffffL, (long) f(a)))));
        all.add(of("f32", "f32", "cvt.rni.f32.f32 %d, %a;", (a, b, c) -> bits((float) Math.rint(f(a)))));
        all.add(of("f32", "f32", "cvt.rmi.f32.f32 %d, %a;", (a, b, c) -> bits((float) Math.floor(f(a)))));
        all.add(of("f32", "f32", "cvt.rpi.f32.f32 %d, %a;", (a, b, c) -> bits((float) Math.ceil(f(a)))));
        all.add(of("f32", "f32", "cvt.sat.f32.f32 %d, %a;", (a, b, c) -> bits(f(a) > 0 ? Math.min(f(a), 1) : 0f)));
        all.add(of("f32", "u16", "cvt.rn.f16.f32 %d, %a;", (a, b, c) -> half(f(a))));
        all.add(of("u16", "f32", "cvt.f32.f16 %d, %a;", (a, b, c) -> bits(single((int) a & 0xffff))));
        all.add(of("f32", "u16", "cvt.rn.bf16.f32 %d, %a;", (a, b, c) -> brain(f(a))));
        all.add(of("u16", "f32", "cvt.f32.bf16 %d, %a;", (a, b, c) -> a << 16));
        all.add(of("f32", "u32", "cvt.rn.bf16x2.f32 %d, %a, %b;", (a, b, c) -> brain(f(a)) << 16 | brain(f(b))));
        all.add(of("u32", "u64", "mov.b64 %d, {%a, %b};", (a, b, c) -> b << 32 | a));
        all.add(of("u64", "u32", "mov.b64 {%r0, %r1}, %a; add.u32 %d, %r0, %r1;", (a, b, c) -> a + (a >>> 32)));
        return all;
    }

    /** The 16-bit float of the format that lies nearest, ties to even, found by trying all. */
    private static long nearest(
            double value, java.util.function.IntToDoubleFunction decode, int largest, long infinity) {
        if (Double.isNaN(value)) {
            return 0x7fff;
        }
        long sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs(value);
        int low = 0, high = largest;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (decode.applyAsDouble(middle) <= magnitude) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        double step = decode.applyAsDouble(low) - decode.applyAsDouble(low - 1 < 0 ? 0 : low - 1);
        double above = low == largest ? decode.applyAsDouble(low) + step : decode.applyAsDouble(low + 1);
        double down = magnitude - decode.applyAsDouble(low), up = above - magnitude;
        boolean next = Double.isInfinite(magnitude) || up < down || (up == down && (low & 1) == 1);
        return sign | (!next ? low : low == largest ? infinity : low + 1);
    }

    static long half(float value) {
        return nearest(value, h -> single(h), 0x7bff, 0x7c00);
    }

    static long brain(float value) {
        return nearest(value, h -> f((long) h << 16), 0x7f7f, 0x7f80);
    }

    private static float single(int half) {
        int exponent = half >> 10 & 31, fraction = half & 0x3ff;
        double magnitude = exponent == 31
                ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                : exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * Math.pow(2, exponent - 25);
        return (float) ((half & 0x8000) != 0 ? -magnitude : magnitude);
    }

    private static final String CHOOSE = " selp.b32 %d, 1, 0, %q0;";

    static List<Elementwise> comparisons() {
        List<Elementwise> all = new ArrayList<>();
        String[] names = {"eq", "ne", "lt", "le", "gt", "ge"};
        for (String type : new String[] {"s32", "s64", "u32", "u64", "s16"}) {
            for (String name : names) {
                all.add(of(
                        type,
                        "u32",
                        "setp." + name + "." + type + " %q0, %a, %b;" + CHOOSE,
                        (a, b, c) -> truth(
                                name,
                                type.startsWith("s")
                                        ? Long.compare(signed(a, type), signed(b, type))
                                        : Long.compareUnsigned(a, b))));
            }
        }
        for (String name : names) {
            all.add(of(
                    "f32",
                    "u32",
                    "setp." + name + ".f32 %q0, %a, %b;" + CHOOSE,
                    (a, b, c) -> nan(f(a), f(b)) ? 0 : truth(name, compare(f(a), f(b)))));
            String unordered = name + "u";
            all.add(of(
                    "f64",
                    "u32",
                    "setp." + unordered + ".f64 %q0, %a, %b;" + CHOOSE,
                    (a, b, c) -> nan(d(a), d(b)) ? 1 : truth(name, compare(d(a), d(b)))));
        }
        all.add(of(
                "f32",
                "u32",
                "setp.eq.ftz.f32 %q0, %a, 0f00000000;" + CHOOSE,
                (a, b, c) -> Math.abs(f(a)) < Float.MIN_NORMAL ? 1 : 0));
        all.add(of("f32", "u32", "setp.nan.f32 %q0, %a, %b;" + CHOOSE, (a, b, c) -> nan(f(a), f(b)) ? 1 : 0));
        all.add(of("f32", "u32", "setp.num.f32 %q0, %a, %b;" + CHOOSE, (a, b, c) -> nan(f(a), f(b)) ? 0 : 1));
        all.add(of(
                "s32",
                "u32",
                "setp.lt.s32 %q1, %b, %c; setp.lt.and.s32 %q0|%q2, %a, %b, %q1; selp.b32 %r0, 2, 0, %q2;"
                        + " selp.b32 %r1, 1, 0, %q0; or.b32 %d, %r0, %r1;",
                (a, b, c) -> (int) b >= (int) c ? 0 : (int) a < (int) b ? 1 : 2));
        all.add(of(
                "s32",
                "u32",
                "setp.lt.s32 %q1, %b, %c; setp.lt.or.s32 %q0, %a, %b, !%q1;" + CHOOSE,
                (a, b, c) -> (int) a < (int) b || (int) b >= (int) c ? 1 : 0));
        all.add(of(
                "s32",
                "s32",
                "setp.gt.s32 %q0, %a, 0; setp.gt.s32 %q1, %b, 0; xor.pred %q2, %q0, %q1; not.pred %q3, %q2;"
                        + " @%q3 mov.b32 %d, %a; @!%q3 mov.b32 %d, %b;",
                (a, b, c) -> (int) a > 0 == (int) b > 0 ? a : b));
        all.add(of("s32", "s32", "slct.s32.s32 %d, %a, %b, %c;", (a, b, c) -> (int) c >= 0 ? a : b));
        all.add(of("f32", "u32", "testp.finite.f32 %q0, %a;" + CHOOSE, (a, b, c) -> Float.isFinite(f(a)) ? 1 : 0));
        return all;
    }

    private static boolean nan(double a, double b) {
        return Double.isNaN(a) || Double.isNaN(b);
    }

    private static int compare(double a, double b) {
        return a < b ? -1 : a > b ? 1 : 0;
    }

    private static long truth(String name, int order) {
        return switch (name) {
                    case "eq" -> order == 0;
                    case "ne" -> order != 0;
                    case "lt" -> order < 0;
                    case "le" -> order <= 0;
                    case "gt" -> order > 0;
                    default -> order >= 0;
                }
                ? 1
                : 0;
    }

    @ParameterizedTest
    @MethodSource({"conversions", "comparisons"})
    void isWhatJavaComputes(Elementwise instruction) {
        instruction.verify();
    }
}
