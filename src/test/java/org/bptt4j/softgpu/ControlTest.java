package org.bptt4j.softgpu;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import org.junit.jupiter.api.Test;

/** Settings, counters, and failures by request. */
@SuppressWarnings("try") // a Lab is there while it is open
class ControlTest {
    private static final String NOTHING = Lab.text(0, "", "");

    @Test
    void theDevicePretendsToBeWhatItIsTold() {
        String settings =
                "driver-version=13000 cublas-version=120901 compute-capability=86 memory=64m multiprocessors=7";
        try (Lab lab = new Lab(settings)) {
            int[] value = new int[1], minor = new int[1];
            JCudaDriver.cuDriverGetVersion(value);
            assertEquals(13000, value[0]);
            JCublas2.cublasGetVersion(new jcuda.jcublas.cublasHandle(), value);
            assertEquals(120901, value[0]);
            JCudaDriver.cuDeviceGetAttribute(
                    value, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, new CUdevice());
            JCudaDriver.cuDeviceGetAttribute(
                    minor, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, new CUdevice());
            assertEquals(86, 10 * value[0] + minor[0]);
            JCudaDriver.cuDeviceGetAttribute(
                    value, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, new CUdevice());
            assertEquals(7, value[0]);
            byte[] name = new byte[64];
            JCudaDriver.cuDeviceGetName(name, 64, new CUdevice());
            assertEquals("Software CUDA device (no GPU)", new String(name, US_ASCII).trim());
            assertEquals(CUresult.CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc(new CUdeviceptr(), (64 << 20) + 1));
            SoftGpu.set("devices", 0);
            assertEquals(CUresult.CUDA_ERROR_NO_DEVICE, JCudaDriver.cuInit(0));
        }
        assertThrows(IllegalArgumentException.class, () -> SoftGpu.set("colour", "red"));
        assertThrows(IllegalArgumentException.class, () -> SoftGpu.set("memory", "much"));
    }

    /** A program of its own, as the command line is. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            Lab.initialize();
            int[] version = new int[1];
            JCudaDriver.cuDriverGetVersion(version);
            System.out.println(JCudaDriver.cuInit(0) + " " + version[0]);
        }
    }

    @Test
    void aChildProcessIsSteeredByItsEnvironment() throws IOException, InterruptedException {
        Lab.initialize();
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder child = new ProcessBuilder(
                java.toString(),
                "-Dbptt4j.softgpu=" + SoftGpu.FOLDER.toAbsolutePath(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName());
        child.environment().put("SOFTGPU_DEVICES", "0");
        child.environment().put("SOFTGPU_DRIVER_VERSION", "11040");
        Process process = child.start();
        String said = new String(process.getInputStream().readAllBytes(), US_ASCII);
        assertEquals(0, process.waitFor());
        assertEquals(CUresult.CUDA_ERROR_NO_DEVICE + " 11040", said.trim());
    }

    @Test
    void whatIsAliveIsCounted() {
        try (Lab lab = new Lab()) {
            long before = SoftGpu.counter("alive.device.bytes");
            CUdeviceptr one = Lab.allocate(1000), other = Lab.allocate(24);
            assertEquals(before + 1536, SoftGpu.counter("alive.device.bytes"));
            Lab.check(cuMemFree(one));
            assertEquals(before + 512, SoftGpu.counter("alive.device.bytes"));
            assertEquals(CUresult.CUDA_ERROR_INVALID_VALUE, cuMemFree(one), "freed twice");
            Lab.check(cuMemFree(other));
            assertEquals(2, SoftGpu.counter("alloc"));
            assertEquals(3, SoftGpu.counter("free"));
            CUfunction kernel = Lab.kernel(NOTHING, "k");
            Lab.check(Lab.run(kernel, 32));
            assertEquals(1, SoftGpu.counter("launch"));
            assertEquals(1, SoftGpu.counter("kernel.k"));
            assertEquals(1, SoftGpu.sum("kernel."));
            assertEquals(1, SoftGpu.counter("sync.context"));
            SoftGpu.reset();
            assertEquals(0, SoftGpu.counter("launch"));
        }
    }

    @Test
    void failuresComeWhenAskedFor() {
        try (Lab lab = new Lab()) {
            SoftGpu.fail("allocation", 2);
            assertEquals(0, cuMemAlloc(new CUdeviceptr(), 4));
            assertEquals(CUresult.CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc(new CUdeviceptr(), 4));
            assertEquals(0, cuMemAlloc(new CUdeviceptr(), 4));
            CUfunction kernel = Lab.kernel(NOTHING, "k");
            SoftGpu.fail("launch", 1);
            assertEquals(CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, Lab.launch(kernel, 1, 32));
            Lab.check(Lab.run(kernel, 32));
            SoftGpu.fail("illegal-launch", 1);
            assertEquals(0, Lab.launch(kernel, 1, 32), "it shows when it runs");
            assertEquals(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuCtxSynchronize());
            assertEquals(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, cuMemAlloc(new CUdeviceptr(), 4), "and stays");
        }
        try (Lab lab = new Lab()) {
            SoftGpu.failContext(CUresult.CUDA_ERROR_LAUNCH_FAILED);
            assertEquals(CUresult.CUDA_ERROR_LAUNCH_FAILED, cuMemAlloc(new CUdeviceptr(), 4));
        }
    }

    @Test
    void aRefusedModuleLeavesItsReasonInTheLog() {
        try (Lab lab = new Lab()) {
            byte[] log = new byte[500];
            jcuda.driver.JITOptions options = new jcuda.driver.JITOptions();
            options.putBytes(jcuda.driver.CUjit_option.CU_JIT_ERROR_LOG_BUFFER, log);
            options.putInt(jcuda.driver.CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, log.length);
            byte[] image = Lab.image(Lab.HEADER + Lab.text(0, "", "frobnicate.b32 %r0, %r1;"));
            jcuda.Pointer text = jcuda.Pointer.to(image);
            int status = JCudaDriver.cuModuleLoadDataJIT(new CUmodule(), text, options);
            assertEquals(CUresult.CUDA_ERROR_INVALID_PTX, status);
            String written = new String(options.getBytes(jcuda.driver.CUjit_option.CU_JIT_ERROR_LOG_BUFFER), US_ASCII);
            assertTrue(written.contains("'frobnicate.b32' is not implemented"), written);
        }
    }

    @Test
    void launchesBeyondTheLimits() {
        try (Lab lab = new Lab()) {
            CUfunction kernel = Lab.kernel(NOTHING, "k");
            int invalid = CUresult.CUDA_ERROR_INVALID_VALUE;
            assertEquals(invalid, Lab.launch(kernel, 1, 1025));
            assertEquals(invalid, Lab.launch(kernel, 0, 32));
            assertEquals(invalid, Lab.launchIn(kernel, 1, 32, 49153, null), "without having opted in");
            int attribute = jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
            assertEquals(invalid, JCudaDriver.cuFuncSetAttribute(kernel, attribute, 65537));
            Lab.check(JCudaDriver.cuFuncSetAttribute(kernel, attribute, 65536));
            Lab.check(Lab.launchIn(kernel, 1, 32, 65536, null));
            int[] blocks = new int[1];
            Lab.check(JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, kernel, 256, 0));
            assertEquals(4, blocks[0], "1,024 threads a multiprocessor");
            Lab.check(JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, kernel, 256, 40000));
            assertEquals(1, blocks[0], "64 KiB of shared memory");
        }
    }

    @Test
    void aThreadWithoutAContext() throws InterruptedException {
        try (Lab lab = new Lab()) {
            int[] status = new int[1];
            Thread other = new Thread(() -> status[0] = cuMemAlloc(new CUdeviceptr(), 4));
            other.start();
            other.join();
            assertEquals(CUresult.CUDA_ERROR_INVALID_CONTEXT, status[0]);
        }
    }

    @Test
    void whatIsNotImplementedSaysSo() {
        try (Lab lab = new Lab()) {
            assertEquals(CUresult.CUDA_ERROR_NOT_SUPPORTED, JCudaDriver.cuProfilerStart());
        }
    }
}
