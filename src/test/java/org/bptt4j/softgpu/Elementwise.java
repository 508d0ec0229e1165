package org.bptt4j.softgpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Random;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/**
 * Runs one instruction over many operands and compares each result with what Java computes. Operands and results are raw
 * bits; a NaN equals any other.
 *
 * @param code   the instruction on registers %a, %b, %c (of type {@code in}) and %d (of type {@code out}); %r, %q are free
 * @param truth  the result's bits
 */
@SuppressWarnings("try") // a Lab is there while it is open
record Elementwise(String in, String out, String code, Truth truth) {
    interface Truth {
        long of(long a, long b, long c);
    }

    /** Not a multiple of a warp: the last lanes are masked. */
    private static final int COUNT = 32 * 40 + 19;

    private static final long[] INTEGERS = {
        0,
        1,
        -1,
        2,
        3,
        31,
        32,
        33,
        63,
        64,
        127,
        128,
        255,
        256,
        0x7fff,
        0x8000,
        0xffff,
        0x7fffffffL,
        0x80000000L,
        0xffffffffL,
        0x12345678L,
        0x123456789abcdef0L,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final double[] FLOATS = {
        0.0,
        -0.0,
        1,
        -1,
        0.5,
        1.5,
        2.5,
        -2.5,
        3.7,
        -3.7,
        1e-3,
        1e10,
        -1e10,
        3e38,
        1e-40,
        -1e-44,
        65504,
        70000,
        2147483648.0,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN
    };

    @Override
    public String toString() {
        return code;
    }

    void verify() {
        try (Lab lab = new Lab()) {
            long[][] operands = new long[3][COUNT];
            Random random = new Random(7);
            for (int i = 0; i < COUNT; i++) {
                for (int k = 0; k < 3; k++) {
                    operands[k][i] = operand(random, i, k);
                }
            }
            long[] results = run(operands);
            for (int i = 0; i < COUNT; i++) {
                long a = operands[0][i], b = operands[1][i], c = operands[2][i];
                assertEquals(
                        shown(truth.of(a, b, c)),
                        shown(results[i]),
                        String.format("%s with a=%x b=%x c=%x", code, a, b, c));
            }
        }
    }

    private long operand(Random random, int i, int k) {
        boolean special = i < INTEGERS.length * INTEGERS.length || random.nextInt(4) == 0;
        int pick = k == 0
                ? i % INTEGERS.length
                : k == 1 ? i / INTEGERS.length % INTEGERS.length : random.nextInt(INTEGERS.length);
        if (in.equals("f32") || in.equals("f64")) {
            double value = special
                    ? FLOATS[pick % FLOATS.length]
                    : random.nextGaussian() * Math.pow(10, random.nextInt(9) - 4);
            return in.equals("f32")
                    ? Float.floatToRawIntBits((float) value) & 0xffffffffL
                    : Double.doubleToRawLongBits(value);
        }
        return cut(special ? INTEGERS[pick] : random.nextLong(), in);
    }

    private long[] run(long[][] operands) {
        String type = register(out), load = register(in);
        String text = Lab.text(
                4,
                ".reg ." + register(in) + " %a, %b, %c;\n.reg ." + register(out) + " %d;\n.reg .b32 %n<3>;\n",
                "mov.u32 %n0, %ctaid.x;\nmad.lo.u32 %n1, %n0, 32, %tid;\nsetp.ge.u32 %q7, %n1, " + COUNT
                        + ";\n@%q7 ret;\n"
                        + "mul.wide.u32 %l0, %n1, 8;\n"
                        + "add.u64 %l1, %p0, %l0;\nld.global." + load + " %a, [%l1];\n"
                        + "add.u64 %l2, %p1, %l0;\nld.global." + load + " %b, [%l2];\n"
                        + "add.u64 %l3, %p2, %l0;\nld.global." + load + " %c, [%l3];\n"
                        + code + "\nadd.u64 %l4, %p3, %l0;\nst.global." + type + " [%l4], %d;\n");
        CUdeviceptr[] pointers = new CUdeviceptr[4];
        for (int k = 0; k < 4; k++) {
            pointers[k] = Lab.allocate(8L * COUNT);
            long[] values = k < 3 ? operands[k] : new long[COUNT];
            Lab.check(JCudaDriver.cuMemcpyHtoD(pointers[k], Pointer.to(values), 8L * COUNT));
        }
        Lab.check(Lab.launch(Lab.kernel(text, "k"), (COUNT + 31) / 32, 32, (Object[]) pointers));
        long[] results = new long[COUNT];
        Lab.check(JCudaDriver.cuMemcpyDtoH(Pointer.to(results), pointers[3], 8L * COUNT));
        return results;
    }

    private static final Map<String, Integer> BITS = Map.of(
            "u16", 16, "s16", 16, "b16", 16, "u32", 32, "s32", 32, "b32", 32, "f32", 32, "u64", 64, "s64", 64, "f64",
            64);

    private static String register(String type) {
        return type.startsWith("f") ? type : "b" + bits(type);
    }

    static int bits(String type) {
        return type.equals("b64") ? 64 : BITS.get(type);
    }

    static long cut(long value, String type) {
        return bits(type) == 64 ? value : value & ((1L << bits(type)) - 1);
    }

    private String shown(long bits) {
        if ((out.equals("f32") && Float.isNaN(Float.intBitsToFloat((int) bits)))
                || (out.equals("f64") && Double.isNaN(Double.longBitsToDouble(bits)))) {
            return "NaN";
        }
        return Long.toHexString(cut(bits, out));
    }

    /** Signed value of an operand of this type. */
    static long signed(long bits, String type) {
        int unused = 64 - bits(type);
        return bits << unused >> unused;
    }

    static float f(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    static long bits(float value) {
        return Float.floatToRawIntBits(value);
    }

    static double d(long bits) {
        return Double.longBitsToDouble(bits);
    }

    static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }
}
