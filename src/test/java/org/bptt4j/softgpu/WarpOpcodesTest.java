package org.bptt4j.softgpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Lanes with each other, branches that part and meet, barriers. */
@SuppressWarnings("try") // a Lab is there while it is open
class WarpOpcodesTest {
    private static final String STORE = "mul.wide.u32 %l0, %tid, 4; add.u64 %l1, %p0, %l0; st.global.u32 [%l1], %r0;";

    private static void expect(int threads, String body, IntUnaryOperator truth) {
        for (String order : new String[] {"forward", "reverse", "random"}) {
            try (Lab lab = new Lab("order=" + order)) {
                var out = Lab.allocate(4L * threads);
                Lab.check(Lab.run(Lab.kernel(Lab.text(1, "", body + STORE), "k"), threads, out));
                assertArrayEquals(IntStream.range(0, threads).map(truth).toArray(), Lab.ints(out, threads), order);
            }
        }
    }

    @Test
    void shuffles() {
        String value = "mul.lo.u32 %r1, %tid, 10; ";
        expect(64, value + "shfl.sync.bfly.b32 %r0, %r1, 5, 31, -1; ", i -> (i ^ 5) * 10);
        expect(64, value + "shfl.sync.idx.b32 %r0, %r1, 3, 31, -1; ", i -> (i / 32 * 32 + 3) * 10);
        expect(
                64,
                value + "shfl.sync.down.b32 %r0|%q0, %r1, 4, 31, -1; @!%q0 mov.u32 %r0, 7; ",
                i -> i % 32 < 28 ? (i + 4) * 10 : 7);
        expect(
                64,
                value + "shfl.sync.up.b32 %r0|%q0, %r1, 4, 0, -1; @!%q0 mov.u32 %r0, 7; ",
                i -> i % 32 >= 4 ? (i - 4) * 10 : 7);
        // Segments of eight: the mask of the segment is 24, in bits 8 to 12.
        expect(64, value + "shfl.sync.idx.b32 %r0, %r1, 2, 0x181f, -1; ", i -> (i / 8 * 8 + 2) * 10);
    }

    @Test
    void votesAndMatches() {
        String odd = "and.b32 %r1, %tid, 1; setp.eq.u32 %q0, %r1, 1; ";
        expect(32, odd + "vote.sync.ballot.b32 %r0, %q0, -1; ", i -> 0xaaaaaaaa);
        expect(32, odd + "vote.sync.any.pred %q1, %q0, -1; selp.u32 %r0, 1, 0, %q1; ", i -> 1);
        expect(32, odd + "vote.sync.all.pred %q1, !%q0, -1; selp.u32 %r0, 1, 0, %q1; ", i -> 0);
        expect(32, "shr.u32 %r1, %tid, 3; match.any.sync.b32 %r0, %r1, -1; ", i -> 0xff << (i / 8 * 8));
        expect(
                32,
                odd + "@%q0 bra $odd; activemask.b32 %r0; bra $end; $odd: activemask.b32 %r0; $end: ",
                i -> i % 2 == 0 ? 0x55555555 : 0xaaaaaaaa);
        expect(32, "redux.sync.add.s32 %r0, %tid, -1; ", i -> 496);
    }

    @Test
    void aShuffleOfHalfAWarpWithinABranch() {
        String text = "setp.lt.u32 %q0, %tid, 16; mov.u32 %r0, 99; @!%q0 bra $end;"
                + "shfl.sync.bfly.b32 %r0, %tid, 1, 31, 0xffff; $end: ";
        expect(32, text, i -> i < 16 ? i ^ 1 : 99);
    }

    @Test
    void lanesPartInLoopsAndMeetAgain() {
        // Each thread adds its own number of times; then the warp shuffles as a whole.
        String text = "mov.u32 %r1, 0; mov.u32 %r2, 0; $loop: setp.gt.u32 %q0, %r1, %tid; @%q0 bra $done;"
                + "add.u32 %r2, %r2, 3; add.u32 %r1, %r1, 1; bra $loop; $done: shfl.sync.bfly.b32 %r0, %r2, 1, 31, -1; ";
        expect(96, text, i -> 3 * ((i ^ 1) + 1));
    }

    @Test
    void branchesByIndex() {
        String text = "rem.u32 %r1, %tid, 3; $table: .branchtargets $a, $b, $c;\nbrx.idx %r1, $table; "
                + "$a: mov.u32 %r0, 5; bra $end; $b: mov.u32 %r0, 6; bra $end; $c: mov.u32 %r0, 7; $end: ";
        expect(50, text, i -> 5 + i % 3);
    }

    @Test
    void aBarrierThatCounts() {
        expect(96, "setp.lt.u32 %q0, %tid, 70; bar.red.popc.u32 %r0, 0, %q0; ", i -> 70);
        expect(96, "setp.lt.u32 %q0, %tid, 70; bar.red.and.pred %q1, 0, %q0; selp.u32 %r0, 1, 0, %q1; ", i -> 0);
    }

    @Test
    void barriersOfSomeWarps() {
        expect(
                64,
                "setp.ge.u32 %q0, %tid, 32; @%q0 bra $other; bar.sync 1, 32; mov.u32 %r0, 1; bra $end; "
                        + "$other: bar.sync 2, 32; mov.u32 %r0, 2; $end: ",
                i -> i < 32 ? 1 : 2);
    }

    @Test
    void blocksOfACooperativeLaunchWaitForEachOther() {
        String text = Lab.text(
                1,
                "",
                "mov.u32 %r5, %ctaid.x; mov.u32 %r6, %nctaid.x; mov.u32 %r4, 0; "
                        + "$step: bar.sync 0; setp.ne.u32 %q0, %tid, 0; @%q0 bra $wait; "
                        + "membar.gl; atom.global.add.u32 %r0, [%p0], 1; add.u32 %r1, %r4, 1; mul.lo.u32 %r1, %r1, %r6; "
                        + "$spin: ld.volatile.global.u32 %r2, [%p0]; setp.lt.u32 %q1, %r2, %r1; @%q1 bra $spin; "
                        + "$wait: bar.sync 0; add.u32 %r4, %r4, 1; setp.lt.u32 %q2, %r4, 10; @%q2 bra $step;");
        for (String order : new String[] {"forward", "reverse", "random"}) {
            try (Lab lab = new Lab("multiprocessors=4 order=" + order)) {
                var counter = Lab.upload(0);
                var kernel = Lab.kernel(text, "k");
                var parameters = Lab.parameters(counter);
                Lab.check(jcuda.driver.JCudaDriver.cuLaunchCooperativeKernel(
                        kernel, 4, 1, 1, 64, 1, 1, 0, null, parameters));
                assertEquals(40, Lab.ints(counter, 1)[0]);
                assertEquals(
                        jcuda.driver.CUresult.CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE,
                        jcuda.driver.JCudaDriver.cuLaunchCooperativeKernel(
                                kernel, 400, 1, 1, 64, 1, 1, 0, null, parameters));
            }
        }
    }
}
