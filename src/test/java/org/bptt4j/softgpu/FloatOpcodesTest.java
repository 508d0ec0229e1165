package org.bptt4j.softgpu;

import static org.bptt4j.softgpu.Elementwise.bits;
import static org.bptt4j.softgpu.Elementwise.d;
import static org.bptt4j.softgpu.Elementwise.f;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Floating-point arithmetic: to the bit where IEEE defines it, else to the accuracy of the C library. */
@SuppressWarnings("try") // a Lab is there while it is open
class FloatOpcodesTest {
    private static Elementwise single(String code, Elementwise.Truth truth) {
        return new Elementwise("f32", "f32", code, truth);
    }

    private static Elementwise twice(String code, Elementwise.Truth truth) {
        return new Elementwise("f64", "f64", code, truth);
    }

    static List<Elementwise> exact() {
        List<Elementwise> all = new ArrayList<>();
        all.add(single("add.f32 %d, %a, %b;", (a, b, c) -> bits(f(a) + f(b))));
        all.add(single("sub.rn.f32 %d, %a, %b;", (a, b, c) -> bits(f(a) - f(b))));
        all.add(single("mul.f32 %d, %a, %b;", (a, b, c) -> bits(f(a) * f(b))));
        all.add(single("div.rn.f32 %d, %a, %b;", (a, b, c) -> bits(f(a) / f(b))));
        all.add(single("fma.rn.f32 %d, %a, %b, %c;", (a, b, c) -> bits(Math.fma(f(a), f(b), f(c)))));
        all.add(single("neg.f32 %d, %a;", (a, b, c) -> bits(-f(a))));
        all.add(single("abs.f32 %d, %a;", (a, b, c) -> bits(Math.abs(f(a)))));
        all.add(single("rcp.rn.f32 %d, %a;", (a, b, c) -> bits(1 / f(a))));
        all.add(single("sqrt.rn.f32 %d, %a;", (a, b, c) -> bits((float) Math.sqrt(f(a)))));
        all.add(single("min.f32 %d, %a, %b;", (a, b, c) -> bits(number(f(a), f(b), Math.min(f(a), f(b))))));
        all.add(single("max.f32 %d, %a, %b;", (a, b, c) -> bits(number(f(a), f(b), Math.max(f(a), f(b))))));
        all.add(single("copysign.f32 %d, %a, %b;", (a, b, c) -> (b & 0x7fffffffL) | (a & 0x80000000L)));
        all.add(single("add.sat.f32 %d, %a, %b;", (a, b, c) -> bits(saturate(f(a) + f(b)))));
        all.add(single("add.ftz.f32 %d, %a, %b;", (a, b, c) -> bits(flush(flush(f(a)) + flush(f(b))))));
        all.add(single("mul.ftz.f32 %d, %a, %b;", (a, b, c) -> bits(flush(flush(f(a)) * flush(f(b))))));
        all.add(single("fma.rm.f32 %d, %a, 0f3F800000, %b;", (a, b, c) -> bits(floorSum(f(a), f(b)))));
        all.add(twice("add.f64 %d, %a, %b;", (a, b, c) -> bits(d(a) + d(b))));
        all.add(twice("sub.f64 %d, %a, %b;", (a, b, c) -> bits(d(a) - d(b))));
        all.add(twice("mul.rn.f64 %d, %a, %b;", (a, b, c) -> bits(d(a) * d(b))));
        all.add(twice("div.rn.f64 %d, %a, %b;", (a, b, c) -> bits(d(a) / d(b))));
        all.add(twice("fma.rn.f64 %d, %a, %b, %c;", (a, b, c) -> bits(Math.fma(d(a), d(b), d(c)))));
        all.add(twice("sqrt.rn.f64 %d, %a;", (a, b, c) -> bits(Math.sqrt(d(a)))));
        all.add(twice("neg.f64 %d, %a;", (a, b, c) -> bits(-d(a))));
        all.add(twice("abs.f64 %d, %a;", (a, b, c) -> bits(Math.abs(d(a)))));
        return all;
    }

    private static float number(float a, float b, float both) {
        return Float.isNaN(a) ? b : Float.isNaN(b) ? a : both;
    }

    private static float saturate(float v) {
        return v > 0 ? Math.min(v, 1) : 0;
    }

    private static float flush(float v) {
        return Math.abs(v) < Float.MIN_NORMAL ? Math.copySign(0, v) : v;
    }

    /** a + b rounded towards minus infinity; zero sums keep the sign of nearest rounding unless they cancel. */
    private static float floorSum(float a, float b) {
        float nearest = a + b;
        if (Float.isNaN(nearest) || Float.isInfinite(nearest)) {
            return nearest;
        }
        BigDecimal sum = new BigDecimal(a).add(new BigDecimal(b), MathContext.UNLIMITED);
        return new BigDecimal(nearest).compareTo(sum) > 0 ? Math.nextDown(nearest) : nearest;
    }

    @ParameterizedTest
    @MethodSource("exact")
    void isToTheBit(Elementwise instruction) {
        instruction.verify();
    }

    @ParameterizedTest
    @MethodSource("functions")
    void functionsAreAccurate(Function function) {
        float[] x = new float[100];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (0.05 * i + 0.03);
        }
        try (Lab lab = new Lab()) {
            String text = Lab.text(
                    2,
                    "",
                    "mul.wide.u32 %l0, %tid, 4; add.u64 %l1, %p0, %l0; add.u64 %l2, %p1, %l0; ld.global.f32 %f0, [%l1];"
                            + function.opcode + " %f1, %f0; st.global.f32 [%l2], %f1;");
            var in = Lab.upload(x);
            var out = Lab.allocate(4L * x.length);
            Lab.check(Lab.run(Lab.kernel(text, "k"), x.length, in, out));
            float[] y = Lab.floats(out, x.length);
            for (int i = 0; i < x.length; i++) {
                double expected = function.truth.applyAsDouble(x[i]);
                assertEquals(expected, y[i], Math.max(1, Math.abs(expected)) * 2e-7, function.opcode + " of " + x[i]);
            }
        }
    }

    record Function(String opcode, DoubleUnaryOperator truth) {}

    static List<Function> functions() {
        return List.of(
                new Function("ex2.approx.f32", x -> Math.pow(2, x)),
                new Function("ex2.approx.ftz.f32", x -> Math.pow(2, x)),
                new Function("lg2.approx.f32", x -> Math.log(x) / Math.log(2)),
                new Function("rcp.approx.ftz.f32", x -> 1 / x),
                new Function("rsqrt.approx.f32", x -> 1 / Math.sqrt(x)),
                new Function("sqrt.approx.f32", Math::sqrt),
                new Function("sin.approx.f32", Math::sin),
                new Function("cos.approx.f32", Math::cos),
                new Function("tanh.approx.f32", Math::tanh));
    }
}
