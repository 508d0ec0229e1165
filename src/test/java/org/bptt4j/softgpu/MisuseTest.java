package org.bptt4j.softgpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a kernel may not do is found, at the instruction that does it. */
@SuppressWarnings("try") // a Lab is there while it is open
class MisuseTest {
    private static final String BYTES = "mul.wide.u32 %l0, %tid, 4; add.u64 %l1, %p0, %l0;\n";

    /** Runs a block; the fault must have this status and name all of the texts. */
    private static void expect(int status, int threads, String declarations, String body, String... texts) {
        try (Lab lab = new Lab()) {
            CUfunction kernel = Lab.kernel(Lab.text(1, declarations, body), "k");
            var memory = Lab.allocate(4 * 64);
            assertEquals(status, Lab.run(kernel, threads, memory), SoftGpu::lastFault);
            for (String text : texts) {
                assertTrue(SoftGpu.lastFault().contains(text), () -> text + " not in: " + SoftGpu.lastFault());
            }
            assertEquals(status, JCudaDriver.cuCtxSynchronize(), "the context stays broken");
        }
    }

    @Test
    void anAddressBeyondTheAllocation() {
        expect(
                CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                65,
                "",
                BYTES + "st.global.u32 [%l1], %tid;",
                "thread (64,0,0)",
                "'st.global.u32 [%l1], %tid;'",
                "at offset 256 of an allocation of 256 bytes");
    }

    @Test
    void addressesBeforeNullAndOfTheHost() {
        expect(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, 1, "", "ld.global.u32 %r0, [%p0+-4];", "ld.global.u32");
        expect(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, 1, "", "mov.u64 %l1, 0; ld.global.u32 %r0, [%l1];", "null pointer");
        expect(
                CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                1,
                "",
                "mov.u64 %l1, 0x123450000; ld.u32 %r0, [%l1];",
                "not an address of the device");
    }

    @Test
    void memoryThatWasFreed() {
        try (Lab lab = new Lab()) {
            CUfunction kernel = Lab.kernel(Lab.text(1, "", BYTES + "st.global.u32 [%l1], %tid;"), "k");
            var memory = Lab.allocate(256);
            Lab.check(Lab.run(kernel, 64, memory));
            Lab.check(JCudaDriver.cuMemFree(memory));
            Lab.allocate(256);
            assertEquals(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, Lab.run(kernel, 64, memory));
            assertTrue(SoftGpu.lastFault().contains("a freed allocation of 256 bytes"), SoftGpu::lastFault);
        }
    }

    @Test
    void misalignedAddresses() {
        int misaligned = CUresult.CUDA_ERROR_MISALIGNED_ADDRESS;
        expect(misaligned, 1, "", "ld.global.u32 %r0, [%p0+2];", "not a multiple of 4");
        expect(misaligned, 1, "", "ld.global.v4.f32 {%f0, %f1, %f2, %f3}, [%p0+8];", "not a multiple of 16");
    }

    @Test
    void sharedAndLocalMemoryHaveBounds() {
        expect(
                CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                17,
                ".shared .align 4 .b8 s[64];\n",
                "mov.u32 %r0, s; mad.lo.u32 %r0, %tid, 4, %r0; st.shared.u32 [%r0], %tid;",
                "out of bounds in shared memory",
                "thread (16,0,0)");
        expect(
                CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                1,
                ".local .align 4 .b8 s[16];\n",
                "mov.u64 %l0, s; st.local.u32 [%l0+16], %tid;",
                "out of bounds in local memory");
    }

    @Test
    void shufflesOfLanesThatAreNotThere() {
        int failed = CUresult.CUDA_ERROR_LAUNCH_FAILED;
        expect(failed, 20, "", "shfl.sync.down.b32 %r0, %tid, 16, 31, -1;", "which does not take part");
        expect(
                failed,
                32,
                "",
                "setp.lt.u32 %q0, %tid, 16; @!%q0 bra $end; shfl.sync.bfly.b32 %r0, %tid, 16, 31, -1; bar.sync 0;\n$end: bar.sync 1;",
                "threads wait for others that never come");
        expect(failed, 32, "", "shfl.sync.bfly.b32 %r0, %tid, 1, 31, 0xffff;", "not in the mask of members");
    }

    @Test
    void barriersThatNotAllReach() {
        int failed = CUresult.CUDA_ERROR_LAUNCH_FAILED;
        String half = "setp.lt.u32 %q0, %tid, 32;\n";
        expect(failed, 64, "", half + "@%q0 bar.sync 0;", "32 threads of the block ended");
        expect(
                failed,
                64,
                "",
                half + "@%q0 bra $a; bar.sync 0; bra $end;\n$a: bar.sync 0;\n$end: ",
                "threads of one block meet at different barriers");
        expect(failed, 64, "", half + "@%q0 bar.sync 1; @!%q0 bar.sync 2;", "threads wait for others that never come");
    }

    private static final String SHARED = ".shared .align 4 .b8 s[256];\n";
    private static final String PLACES =
            "mov.u32 %r0, s; mad.lo.u32 %r1, %tid, 4, %r0; xor.b32 %r2, %tid, 33; mad.lo.u32 %r2, %r2, 4, %r0;\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                // read after write, write after read, write after write of other threads
                "st.shared.u32 [%r1], %tid; ld.shared.u32 %r3, [%r2];",
                "st.shared.u32 [%r1], %tid; bar.sync 0; ld.shared.u32 %r3, [%r2]; st.shared.u32 [%r1], %r3;",
                "st.shared.u32 [%r1], %tid; st.shared.u32 [%r2], %tid;",
                // one thread writes what all have read
                "st.shared.u32 [%r1], %tid; bar.sync 0; ld.shared.u32 %r3, [%r0+8]; setp.eq.u32 %q0, %tid, 40;"
                        + "@%q0 st.shared.u32 [%r0+8], %r3;",
                // within a warp, without __syncwarp
                "xor.b32 %r4, %tid, 1; mad.lo.u32 %r4, %r4, 4, %r0; st.shared.u32 [%r1], %tid; ld.shared.u32 %r3, [%r4];",
                // an atomic operation does not protect a plain read
                "atom.shared.add.u32 %r3, [%r0], 1; ld.shared.u32 %r3, [%r0];"
            })
    void racesInSharedMemory(String body) {
        expect(CUresult.CUDA_ERROR_LAUNCH_FAILED, 64, SHARED, PLACES + body, "race in shared memory", "and the ");
    }

    @Test
    void lanesThatWriteDifferentValuesToOneWord() {
        expect(
                CUresult.CUDA_ERROR_LAUNCH_FAILED,
                32,
                SHARED,
                PLACES + "st.shared.u32 [%r0], %tid;",
                "different values to one shared word");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "st.shared.u32 [%r1], %tid; bar.sync 0; ld.shared.u32 %r3, [%r2]; bar.sync 0; st.shared.u32 [%r1], %r3;",
                "xor.b32 %r4, %tid, 1; mad.lo.u32 %r4, %r4, 4, %r0; st.shared.u32 [%r1], %tid; bar.warp.sync -1;"
                        + "ld.shared.u32 %r3, [%r4]; bar.warp.sync -1; st.shared.u32 [%r1], %r3;",
                "atom.shared.add.u32 %r3, [%r0], 1; atom.shared.add.u32 %r3, [%r0], 1;",
                "st.shared.u32 [%r0], 7;", // the same value from all lanes; the other warp comes after the barrier
                "mov.u32 %r5, s; add.u32 %r5, %r5, %tid; cvt.u16.u32 %h, %tid; st.shared.u8 [%r5], %h;",
                "st.shared.u32 [%r1], %tid; ld.shared.u32 %r3, [%r1]; st.shared.u32 [%r1], %r3;"
            })
    void orderedAccessesAreNoRaces(String body) {
        try (Lab lab = new Lab()) {
            String alone = body.contains("[%r0], 7") ? "setp.ge.u32 %q0, %tid, 32; @%q0 ret;" : "";
            CUfunction kernel = Lab.kernel(Lab.text(1, SHARED + ".reg .b16 %h;\n", PLACES + alone + body), "k");
            Lab.check(Lab.run(kernel, 64, Lab.allocate(4)));
        }
    }

    @Test
    void blocksOfAnOrdinaryLaunchThatWaitForEachOther() {
        try (Lab lab = new Lab("watchdog=100000")) {
            var flag = Lab.upload(0);
            CUfunction kernel = Lab.kernel(
                    Lab.text(
                            1,
                            "",
                            "mov.u32 %r0, %ctaid.x; atom.global.add.u32 %r1, [%p0], 1;\n"
                                    + "$spin: ld.volatile.global.u32 %r2, [%p0]; setp.lt.u32 %q0, %r2, 2; @%q0 bra $spin;"),
                    "k");
            Lab.check(Lab.launch(kernel, 2, 1, flag));
            assertEquals(CUresult.CUDA_ERROR_LAUNCH_TIMEOUT, JCudaDriver.cuCtxSynchronize());
            assertTrue(SoftGpu.lastFault().contains("launch cooperatively"), SoftGpu::lastFault);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wmma.load.a.sync.aligned.row.m16n16k16.global.f16 {%r0}, [%p0];",
                "add.f32.unheard %f0, %f0, %f0;",
                "ld.global.b128 %r0, [%p0];",
                "mov.u32 %r0, %pm0;",
                "mov.u32 %r99, 0;",
                "add.u64 %l0, %l1, %r0;",
                "bra $nowhere;"
            })
    void whatIsNotKnownIsRefusedByName(String instruction) {
        try (Lab lab = new Lab()) {
            int status = Lab.load(new CUmodule(), Lab.text(1, "", instruction));
            assertEquals(CUresult.CUDA_ERROR_INVALID_PTX, status);
            assertTrue(
                    SoftGpu.lastFault().contains(instruction)
                            || SoftGpu.lastFault().contains("$nowhere"),
                    SoftGpu::lastFault);
            assertNotEquals(-1, SoftGpu.lastFault().indexOf("PTX line"));
        }
    }

    @Test
    void newerPtxThanTheDriverAndNewerTargetsThanTheCard() {
        try (Lab lab = new Lab("driver-version=11000")) {
            byte[] image = Lab.image(".version 7.1\n.target sm_75\n.address_size 64\n");
            assertEquals(
                    CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION, JCudaDriver.cuModuleLoadData(new CUmodule(), image));
            image = Lab.image(".version 7.0\n.target sm_80\n.address_size 64\n");
            assertEquals(CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU, JCudaDriver.cuModuleLoadData(new CUmodule(), image));
            SoftGpu.set("refuse-ptx", 1);
            assertEquals(CUresult.CUDA_ERROR_INVALID_PTX, Lab.load(new CUmodule(), ""));
        }
    }
}
