package org.bptt4j.softgpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loads, stores, atomic operations, constants, functions, asynchronous copies. */
@SuppressWarnings("try") // a Lab is there while it is open
class MemoryOpcodesTest {
    private static final String BYTES = "mul.wide.u32 %l0, %tid, 4; add.u64 %l1, %p0, %l0; add.u64 %l2, %p1, %l0; ";

    private static int[] run(String declarations, String body, int threads, int results, int... input) {
        try (Lab lab = new Lab()) {
            var in = Lab.upload(input);
            var out = Lab.allocate(4L * results);
            Lab.check(Lab.run(Lab.kernel(declarations + Lab.text(2, "", body), "k"), threads, in, out));
            return Lab.ints(out, results);
        }
    }

    private static int[] numbers(int count) {
        return IntStream.range(0, count).map(i -> 1000 + i).toArray();
    }

    @Test
    void vectorsOfFour() {
        int[] out = run(
                "",
                "mul.wide.u32 %l0, %tid, 16; add.u64 %l1, %p0, %l0; add.u64 %l2, %p1, %l0;"
                        + "ld.global.v4.u32 {%r0, %r1, %r2, %r3}, [%l1]; st.global.v4.u32 [%l2], {%r3, %r2, %r1, %r0};",
                40,
                160,
                numbers(160));
        for (int i = 0; i < 160; i++) {
            assertEquals(1000 + i / 4 * 4 + 3 - i % 4, out[i]);
        }
    }

    @Test
    void bytesAreExtendedByTheirSign() {
        int[] out = run(
                "",
                "cvt.u64.u32 %l3, %tid; add.u64 %l1, %p0, %l3; mul.wide.u32 %l0, %tid, 8; add.u64 %l2, %p1, %l0;"
                        + "ld.global.s8 %r0, [%l1]; ld.global.nc.u8 %r1, [%l1]; st.global.v2.b32 [%l2], {%r0, %r1};",
                8,
                16,
                0x80ff017f,
                0x12345678);
        assertArrayEquals(
                new int[] {0x7f, 0x7f, 1, 1, -1, 255, -128, 128, 0x78, 0x78, 0x56, 0x56, 0x34, 0x34, 0x12, 0x12}, out);
    }

    @Test
    void constantsAndGlobalsHaveTheirInitialValues() {
        int[] out = run(
                ".const .align 4 .b32 table[4] = {10, 20, 0x1e, -40};\n.global .align 4 .f32 half = 0f3F000000; "
                        + ".global .align 8 .u64 where = generic(table); ",
                "mul.wide.u32 %l0, %tid, 4; mov.u64 %l3, table; add.u64 %l3, %l3, %l0; add.u64 %l2, %p1, %l0;"
                        + "ld.const.u32 %r0, [%l3]; ld.const.u32 %r1, [table+4]; add.u32 %r0, %r0, %r1;"
                        + "ld.global.u64 %l4, [where]; ld.u32 %r2, [%l4+8]; add.u32 %r0, %r0, %r2;"
                        + "ld.global.f32 %f0, [half]; cvt.rpi.s32.f32 %r3, %f0; add.u32 %r0, %r0, %r3;"
                        + "st.global.u32 [%l2], %r0;",
                4,
                4,
                0);
        assertArrayEquals(new int[] {61, 71, 81, 11}, out);
    }

    @Test
    void localMemoryIsEachThreadsOwn() {
        int[] out = run(
                "",
                ".local .align 8 .b8 depot[32];\n.reg .b64 %SP, %SPL;\nmov.u64 %SPL, depot; cvta.local.u64 %SP, %SPL; "
                        + BYTES
                        + "ld.global.u32 %r0, [%l1]; st.local.u32 [%SPL+12], %r0; st.u32 [%SP+16], %tid;"
                        + "ld.u32 %r1, [%SP+12]; ld.local.u32 %r2, [%SPL+16]; sub.u32 %r1, %r1, %r2; st.global.u32 [%l2], %r1;",
                50,
                50,
                numbers(50));
        assertArrayEquals(IntStream.range(0, 50).map(i -> 1000).toArray(), out);
    }

    @Test
    void sharedMemoryStaticAndDynamic() {
        String text = ".extern .shared .align 16 .b8 dynamic[]; "
                + Lab.text(
                        2,
                        ".shared .align 4 .b8 fixed[256]; ",
                        BYTES + "shl.b32 %r5, %tid, 2; mov.u32 %r6, fixed; add.u32 %r7, %r6, %r5; mov.u32 %r8, dynamic;"
                                + "add.u32 %r9, %r8, %r5; ld.global.u32 %r0, [%l1]; st.shared.u32 [%r7], %r0;"
                                + "neg.s32 %r1, %r0; st.shared.u32 [%r9], %r1; bar.sync 0;"
                                + "xor.b32 %r10, %r5, 252; add.u32 %r11, %r6, %r10; add.u32 %r12, %r8, %r10;"
                                + "ld.shared.u32 %r2, [%r11]; ld.shared.u32 %r3, [%r12]; mad.lo.u32 %r4, %r3, 2, %r2;"
                                + "st.global.u32 [%l2], %r4;");
        try (Lab lab = new Lab()) {
            var out = Lab.allocate(256);
            Lab.check(Lab.launchIn(Lab.kernel(text, "k"), 1, 64, 256, null, Lab.upload(numbers(64)), out));
            assertArrayEquals(IntStream.range(0, 64).map(i -> -(1000 + 63 - i)).toArray(), Lab.ints(out, 64));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "add.u32, 2016",
        "min.s32, 0",
        "max.s32, 63",
        "or.b32, 63",
        "and.b32, 0",
        "xor.b32, 0",
        "inc.u32, 0",
        "dec.u32, 0",
        "exch.b32, 0"
    })
    void reductionsInMemory(String operation, int expected) {
        int[] out = run(
                "",
                "setp.ne.u32 %q0, %tid, 0; @%q0 bra $go; st.global.u32 [%p1], 0; $go: bar.sync 0;" + "atom.global."
                        + operation + " %r0, [%p1], %tid; bar.sync 0;",
                64,
                1,
                0);
        if (operation.startsWith("exch")) {
            assertEquals(63, out[0]);
        } else if (operation.startsWith("inc")) {
            assertEquals(count(true), out[0]);
        } else if (operation.startsWith("dec")) {
            assertEquals(count(false), out[0]);
        } else {
            assertEquals(expected, out[0]);
        }
    }

    private static int count(boolean up) {
        int value = 0;
        for (int i = 0; i < 64; i++) {
            value = up ? value >= i ? 0 : value + 1 : value == 0 || value > i ? i : value - 1;
        }
        return value;
    }

    @Test
    void compareAndSwapMakesALock() {
        int[] out = run(
                "",
                "setp.ne.u32 %q0, %tid, 0; @%q0 bra $go; st.global.v2.u32 [%p1], {0, 0}; $go: bar.sync 0; "
                        + "$try: atom.global.cas.b32 %r0, [%p1], 0, 1; setp.ne.u32 %q1, %r0, 0; @%q1 bra $try; "
                        + "ld.volatile.global.u32 %r1, [%p1+4]; add.u32 %r1, %r1, %tid; st.volatile.global.u32 [%p1+4], %r1;"
                        + "membar.gl; atom.global.exch.b32 %r2, [%p1], 0;",
                70,
                2,
                0);
        assertArrayEquals(new int[] {0, 69 * 70 / 2}, out);
    }

    @Test
    void floatAtomics() {
        try (Lab lab = new Lab("order=reverse")) {
            var out = Lab.upload(0f, 0f);
            String text = Lab.text(
                    1,
                    ".shared .align 4 .f32 sum; ",
                    "mov.u32 %r0, sum; setp.eq.u32 %q0, %tid, 0; @%q0 st.shared.f32 [%r0], 0f00000000; bar.sync 0;"
                            + "cvt.rn.f32.u32 %f0, %tid; red.shared.add.f32 [%r0], %f0; red.global.add.f32 [%p0], %f0; bar.sync 0;"
                            + "ld.shared.f32 %f1, [%r0]; @%q0 st.global.f32 [%p0+4], %f1;");
            Lab.check(Lab.run(Lab.kernel(text, "k"), 100, out));
            assertArrayEquals(new float[] {4950, 4950}, Lab.floats(out, 2));
        }
    }

    @Test
    void functionsAreCalled() {
        int[] out = run(
                ".func (.param .b32 result) twice(.param .b32 x, .param .b64 y)\n{\n.reg .b32 %r<4>; .reg .b64 %l<2>; .reg .pred %q; "
                        + "ld.param.u32 %r0, [x]; ld.param.u64 %l0, [y]; cvt.u32.u64 %r1, %l0; "
                        + "setp.gt.u32 %q, %r0, 1010; @%q bra $big; add.u32 %r2, %r0, %r1; st.param.b32 [result], %r2; ret; "
                        + "$big: shl.b32 %r3, %r0, 1; st.param.b32 [result], %r3; ret;\n} ",
                BYTES
                        + "ld.global.u32 %r0, [%l1]; mov.u64 %l5, 7;\n{\n.param .b32 a0; .param .b64 a1; .param .b32 back; "
                        + "st.param.b32 [a0], %r0; st.param.b64 [a1], %l5; "
                        + "call.uni (back), twice, (a0, a1);\nld.param.b32 %r9, [back];\n}\nst.global.u32 [%l2], %r9;",
                40,
                40,
                numbers(40));
        assertArrayEquals(
                IntStream.range(0, 40)
                        .map(i -> i > 10 ? 2000 + 2 * i : 1007 + i)
                        .toArray(),
                out);
    }

    @Test
    void asynchronousCopiesArriveWhenTheyAreWaitedFor() {
        int[] out = run(
                ".shared .align 16 .b8 buffer[512]; ",
                BYTES + "shl.b32 %r0, %tid, 2; mov.u32 %r1, buffer; add.u32 %r1, %r1, %r0; st.shared.u32 [%r1], 5;"
                        + "cp.async.ca.shared.global [%r1], [%l1], 4; cp.async.commit_group;"
                        + "ld.shared.u32 %r2, [%r1]; cp.async.wait_group 0; ld.shared.u32 %r3, [%r1];"
                        + "mad.lo.u32 %r4, %r2, 10000, %r3; st.global.u32 [%l2], %r4;",
                32,
                32,
                numbers(32));
        assertArrayEquals(IntStream.range(0, 32).map(i -> 51000 + i).toArray(), out);
    }

    @Test
    void freshMemoryIsNotANumber() {
        try (Lab lab = new Lab()) {
            assertEquals(
                    64,
                    Arrays.stream(Lab.ints(Lab.allocate(256), 64))
                            .filter(v -> v == -1)
                            .count());
        }
    }
}
