package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadDataJIT;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.spec.Cell;

/** Modules of kernels: PTX, which the driver compiles for the card when it is loaded. */
final class Kernels implements AutoCloseable {
    /** What is kept of the compiler's messages, and shown of them. */
    private static final int LOG_BYTES = 4096;

    private static final int LOG_LINES = 3;
    /** As cell.cuh declares them. */
    private static final int CELL_ARGUMENTS = 6;

    private final Device device;
    private final List<CUmodule> modules = new ArrayList<>();
    /** What the first of them is called among those that backends of this device share, or null. */
    private final String shared;

    /** With one module, see {@link #load}. */
    Kernels(Device device, String name, byte[] ptx) {
        this.device = device;
        this.shared = null;
        load(name, ptx);
    }

    /** With one of ours. */
    private Kernels(Device device, String ptx) {
        this.device = device;
        this.shared = ptx;
        modules.add(SharedModules.take(device.number(), ptx, () -> loaded(ptx, text(ptx))));
    }

    /**
     * Loads a module, whose kernels are found beside those that were: of a cell, say, that does not come with the library.
     *
     * @param name what the text is called where the driver refuses it
     */
    void load(String name, byte[] ptx) {
        modules.add(loaded(name, ptx));
    }

    private static CUmodule loaded(String name, byte[] ptx) {
        // Outside of the heap, where nothing has to be held while the driver compiles; ended by a zero.
        ByteBuffer text = ByteBuffer.allocateDirect(ptx.length + 1).put(ptx).rewind();
        JITOptions options = new JITOptions();
        options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[LOG_BYTES]);
        options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
        CUmodule module = new CUmodule();
        int code = cuModuleLoadDataJIT(module, Pointer.to(text), options);
        if (code != CUresult.CUDA_SUCCESS) {
            Status.driver("cuModuleLoadDataEx " + name + said(options), code);
        }
        return module;
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
        return new Kernels(device, "bptt4j.ptx");
    }

    /** Persistent sweeps of one form: long kernels, which take a while to compile. */
    static Kernels persistent(Device device, PersistentPlan.Form form) {
        return new Kernels(device, form.module() + ".ptx");
    }

    private static byte[] text(String ptx) {
        try (InputStream stream = Kernels.class.getResourceAsStream(ptx)) {
            if (stream == null) {
                throw new IllegalStateException(ptx + " is missing beside " + Kernels.class.getName());
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The kernel {@code name} with so many arguments, on the stream of the operations. */
    Kernel get(String name, int arguments) {
        CUfunction function = new CUfunction();
        int code = find(name, function);
        Status.driver("cuModuleGetFunction " + name, code);
        return new Kernel(function, device, name, arguments);
    }

    /** The kernel of a cell's step, {@code <name>_forward} or {@code <name>_backward}. */
    Kernel ofCell(Cell cell, boolean forward) {
        String name = cell.name() + (forward ? "_forward" : "_backward");
        if (find(name, new CUfunction()) == CUresult.CUDA_ERROR_NOT_FOUND) {
            throw new BackendUnavailableException("no kernel " + name + " for the cell " + cell
                    + " among those of the CUDA backend; use the backend cpu, or another cell");
        }
        return get(name, CELL_ARGUMENTS);
    }

    /** The driver's code; of several modules with the kernel the first is taken. */
    private int find(String name, CUfunction function) {
        int code = CUresult.CUDA_ERROR_NOT_FOUND;
        for (int i = 0; i < modules.size() && code == CUresult.CUDA_ERROR_NOT_FOUND; i++) {
            code = cuModuleGetFunction(function, modules.get(i), name);
        }
        return code;
    }

    /** After all work is done or lost; codes are not looked at. */
    @Override
    public void close() {
        if (shared != null) {
            SharedModules.giveBack(device.number(), shared);
            modules.remove(0);
        }
        modules.forEach(JCudaDriver::cuModuleUnload);
        modules.clear();
    }
}
