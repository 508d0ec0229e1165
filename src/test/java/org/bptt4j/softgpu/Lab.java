package org.bptt4j.softgpu;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;

/** A context of its own on the software device; settings, counters and failures are as at the start before and after. */
final class Lab implements AutoCloseable {
    static final String HEADER = ".version 7.0\n.target sm_75\n.address_size 64\n";

    private static boolean ready;
    private final CUcontext context = new CUcontext();

    Lab() {
        this("");
    }

    /** @param settings {@code name=value}, separated by spaces */
    Lab(String settings) {
        initialize();
        SoftGpu.restoreDefaults();
        SoftGpu.reset();
        for (String setting : settings.split(" ", -1)) {
            if (!setting.isEmpty()) {
                int equals = setting.indexOf('=');
                SoftGpu.set(setting.substring(0, equals), setting.substring(equals + 1));
            }
        }
        check(cuInit(0));
        check(cuCtxCreate(context, 0, new CUdevice()));
    }

    /** JCuda unpacks its libraries into the temporary folder and takes whatever lies there: for that moment, one of its own. */
    static synchronized void initialize() {
        assumeTrue(Files.exists(SoftGpu.FOLDER.resolve("libcuda.so.1")), "no software device in " + SoftGpu.FOLDER);
        SoftGpu.load();
        if (ready) {
            return;
        }
        String before = System.getProperty("java.io.tmpdir");
        try {
            Path own = Files.createTempDirectory("softgpu");
            System.setProperty("java.io.tmpdir", own.toString());
            JCudaDriver.setExceptionsEnabled(false);
            JCublas2.initialize();
            try (var files = Files.list(own)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(own);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
        ready = true;
    }

    @Override
    public void close() {
        cuCtxDestroy(context);
        SoftGpu.restoreDefaults();
        SoftGpu.reset();
    }

    static void check(int status) {
        assertEquals(0, status, SoftGpu::lastFault);
    }

    static CUfunction kernel(String ptx, String name) {
        CUfunction function = new CUfunction();
        check(cuModuleGetFunction(function, module(ptx), name));
        return function;
    }

    static CUmodule module(String ptx) {
        CUmodule module = new CUmodule();
        check(load(module, ptx));
        return module;
    }

    /** Loads, and returns the status. */
    static int load(CUmodule module, String ptx) {
        return cuModuleLoadData(module, image(HEADER + ptx));
    }

    static byte[] image(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    static CUdeviceptr allocate(long bytes) {
        CUdeviceptr pointer = new CUdeviceptr();
        check(cuMemAlloc(pointer, bytes));
        return pointer;
    }

    static CUdeviceptr upload(int... values) {
        CUdeviceptr pointer = allocate(4L * values.length);
        check(cuMemcpyHtoD(pointer, Pointer.to(values), 4L * values.length));
        return pointer;
    }

    static CUdeviceptr upload(float... values) {
        CUdeviceptr pointer = allocate(4L * values.length);
        check(cuMemcpyHtoD(pointer, Pointer.to(values), 4L * values.length));
        return pointer;
    }

    static int[] ints(CUdeviceptr from, int count) {
        int[] values = new int[count];
        check(cuMemcpyDtoH(Pointer.to(values), from, 4L * count));
        return values;
    }

    static float[] floats(CUdeviceptr from, int count) {
        float[] values = new float[count];
        check(cuMemcpyDtoH(Pointer.to(values), from, 4L * count));
        return values;
    }

    /** Launches in the default stream, and returns the status. Arguments: CUdeviceptr, int[], long[] or float[] of one. */
    static int launch(CUfunction function, int blocks, int threads, Object... arguments) {
        return launchIn(function, blocks, threads, 0, null, arguments);
    }

    static int launchIn(
            CUfunction function, int blocks, int threads, int shared, CUstream stream, Object... arguments) {
        return cuLaunchKernel(function, blocks, 1, 1, threads, 1, 1, shared, stream, parameters(arguments), null);
    }

    static Pointer parameters(Object... arguments) {
        Pointer[] pointers = new Pointer[arguments.length];
        for (int k = 0; k < arguments.length; k++) {
            pointers[k] = pointer(arguments[k]);
        }
        return Pointer.to(pointers);
    }

    private static Pointer pointer(Object argument) {
        if (argument instanceof CUdeviceptr device) {
            return Pointer.to(device);
        }
        if (argument instanceof int[] value) {
            return Pointer.to(value);
        }
        return argument instanceof long[] value ? Pointer.to(value) : Pointer.to((float[]) argument);
    }

    /** Launches one block, waits, and returns the status. */
    static int run(CUfunction function, int threads, Object... arguments) {
        int status = launch(function, 1, threads, arguments);
        return status != 0 ? status : cuCtxSynchronize();
    }

    /** Text of a kernel with 64-bit pointers as parameters p0, p1, … in registers %p0, %p1, …, and thread numbers. */
    static String text(int pointers, String declarations, String body) {
        StringBuilder text = new StringBuilder(".visible .entry k(");
        for (int k = 0; k < pointers; k++) {
            text.append(k == 0 ? "" : ", ").append(".param .u64 p").append(k);
        }
        text.append(
                ")\n{\n.reg .b64 %p<8>;\n.reg .b64 %l<16>;\n.reg .b32 %r<32>;\n.reg .f32 %f<16>;\n.reg .pred %q<8>;\n");
        text.append(".reg .b32 %tid;\n").append(declarations).append("\nmov.u32 %tid, %tid.x;\n");
        for (int k = 0; k < pointers; k++) {
            text.append("ld.param.u64 %p").append(k).append(", [p").append(k).append("];\n");
        }
        return text.append(body).append("\nret;\n}\n").toString();
    }
}
