package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuModuleLoadDataJIT;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.stream.Collectors;
import jcuda.Pointer;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JITOptions;

/** A module of kernels: PTX, which the driver compiles for the card when it is loaded. */
final class Kernels implements AutoCloseable {
    /** What is kept of the compiler's messages, and shown of them. */
    private static final int LOG_BYTES = 4096;

    private static final int LOG_LINES = 3;

    private final Device device;
    private final CUmodule module = new CUmodule();

    /** @param name what the text is called where the driver refuses it */
    Kernels(Device device, String name, byte[] ptx) {
        this.device = device;
        // Outside of the heap, where nothing has to be held while the driver compiles; ended by a zero.
        ByteBuffer text = ByteBuffer.allocateDirect(ptx.length + 1).put(ptx).rewind();
        JITOptions options = new JITOptions();
        options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[LOG_BYTES]);
        options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
        int code = cuModuleLoadDataJIT(module, Pointer.to(text), options);
        if (code != CUresult.CUDA_SUCCESS) {
            Status.driver("cuModuleLoadDataEx " + name + said(options), code);
        }
    }

    /** The first lines of the driver's compiler, in brackets. */
    private static String said(JITOptions options) {
        String lines = options.getString(CUjit_option.CU_JIT_ERROR_LOG_BUFFER)
                .lines()
                .map(line -> line.replace("\0", "").strip().replaceAll("\\s+", " "))
                .filter(line -> !line.isEmpty())
                .limit(LOG_LINES)
                .collect(Collectors.joining("; "));
        return lines.isEmpty() ? "" : " (" + lines + ")";
    }

    /** What every backend needs. */
    static Kernels common(Device device) {
        return shipped(device, "bptt4j.ptx");
    }

    /** Persistent sweeps of one form: long kernels, which take a while to compile. */
    static Kernels persistent(Device device, PersistentPlan.Form form) {
        return shipped(device, form.module() + ".ptx");
    }

    private static Kernels shipped(Device device, String ptx) {
        try (InputStream stream = Kernels.class.getResourceAsStream(ptx)) {
            if (stream == null) {
                throw new IllegalStateException(ptx + " is missing beside " + Kernels.class.getName());
            }
            return new Kernels(device, ptx, stream.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The kernel {@code name} with so many arguments, on the stream of the operations. */
    Kernel get(String name, int arguments) {
        return new Kernel(module, device, name, arguments);
    }

    /** After all work is done or lost; codes are not looked at. */
    @Override
    public void close() {
        cuModuleUnload(module);
    }
}
