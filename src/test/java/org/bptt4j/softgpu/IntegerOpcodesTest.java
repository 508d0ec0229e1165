package org.bptt4j.softgpu;

import static org.bptt4j.softgpu.Elementwise.bits;
import static org.bptt4j.softgpu.Elementwise.cut;
import static org.bptt4j.softgpu.Elementwise.signed;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Integer arithmetic against BigInteger. */
class IntegerOpcodesTest {
    private static final String[] TYPES = {"u16", "s16", "u32", "s32", "u64", "s64"};

    private static BigInteger value(long bits, String type) {
        if (type.startsWith("s")) {
            return BigInteger.valueOf(signed(bits, type));
        }
        return new BigInteger(Long.toUnsignedString(cut(bits, type)));
    }

    private static Elementwise binary(String opcode, String type, BinaryOperator<BigInteger> truth) {
        return new Elementwise(
                type,
                type,
                opcode + "." + type + " %d, %a, %b;",
                (a, b, c) -> truth.apply(value(a, type), value(b, type)).longValue());
    }

    static List<Elementwise> cases() {
        List<Elementwise> all = new ArrayList<>();
        for (String type : TYPES) {
            int bits = bits(type);
            all.add(binary("add", type, BigInteger::add));
            all.add(binary("sub", type, BigInteger::subtract));
            all.add(binary("mul.lo", type, BigInteger::multiply));
            all.add(binary("mul.hi", type, (a, b) -> a.multiply(b).shiftRight(bits)));
            all.add(binary("min", type, BigInteger::min));
            all.add(binary("max", type, BigInteger::max));
            all.add(binary("div", type, (a, b) -> b.signum() == 0 ? BigInteger.valueOf(-1) : a.divide(b)));
            all.add(binary("rem", type, (a, b) -> b.signum() == 0 ? a : a.remainder(b)));
            all.add(new Elementwise(
                    type,
                    type,
                    "mad.lo." + type + " %d, %a, %b, %c;",
                    (a, b, c) -> value(a, type)
                            .multiply(value(b, type))
                            .add(value(c, type))
                            .longValue()));
            if (type.startsWith("s")) {
                all.add(new Elementwise(type, type, "neg." + type + " %d, %a;", (a, b, c) -> -a));
                all.add(new Elementwise(
                        type, type, "abs." + type + " %d, %a;", (a, b, c) -> Math.abs(signed(a, type))));
            }
            if (bits < 64) {
                String wide = type.charAt(0) + String.valueOf(2 * bits);
                all.add(new Elementwise(
                        type,
                        wide,
                        "mul.wide." + type + " %d, %a, %b;",
                        (a, b, c) -> value(a, type).multiply(value(b, type)).longValue()));
            }
            if (bits > 16) {
                all.add(new Elementwise(
                        type,
                        type,
                        "mad.hi." + type + " %d, %a, %b, %c;",
                        (a, b, c) -> value(a, type)
                                .multiply(value(b, type))
                                .shiftRight(bits)
                                .add(value(c, type))
                                .longValue()));
                all.add(new Elementwise(
                        type,
                        type,
                        "sad." + type + " %d, %a, %b, %c;",
                        (a, b, c) -> value(a, type)
                                .subtract(value(b, type))
                                .abs()
                                .add(value(c, type))
                                .longValue()));
            }
        }
        all.addAll(carries());
        all.add(new Elementwise("u32", "u32", "popc.b32 %d, %a;", (a, b, c) -> Integer.bitCount((int) a)));
        all.add(new Elementwise("u64", "u32", "popc.b64 %d, %a;", (a, b, c) -> Long.bitCount(a)));
        all.add(new Elementwise("u32", "u32", "clz.b32 %d, %a;", (a, b, c) -> Integer.numberOfLeadingZeros((int) a)));
        all.add(new Elementwise("u64", "u32", "clz.b64 %d, %a;", (a, b, c) -> Long.numberOfLeadingZeros(a)));
        all.add(new Elementwise(
                "u32", "u32", "bfind.u32 %d, %a;", (a, b, c) -> 31 - Integer.numberOfLeadingZeros((int) a)));
        all.add(new Elementwise(
                "s32",
                "u32",
                "bfind.s32 %d, %a;",
                (a, b, c) -> 31 - Integer.numberOfLeadingZeros((int) a < 0 ? ~(int) a : (int) a)));
        return all;
    }

    /** Arithmetic of two words. */
    private static List<Elementwise> carries() {
        return List.of(
                new Elementwise(
                        "u32",
                        "u32",
                        "add.cc.u32 %d, %a, %b; addc.u32 %d, %c, 5;",
                        (a, b, c) -> c + 5 + ((a + b) >>> 32)),
                new Elementwise(
                        "u32",
                        "u32",
                        "sub.cc.u32 %d, %a, %b; subc.u32 %d, %c, 5;",
                        (a, b, c) -> c - 5 - (a < b ? 1 : 0)),
                new Elementwise(
                        "u32",
                        "u32",
                        "mad.lo.cc.u32 %r0, %a, %b, %c; madc.hi.u32 %d, %a, %b, 0;",
                        (a, b, c) -> (a * b + c) >>> 32));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isWhatJavaComputes(Elementwise instruction) {
        instruction.verify();
    }
}
