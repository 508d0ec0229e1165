package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import jcuda.driver.CUmodule;

/** A module of kernels: PTX, which the driver compiles for the card when it is loaded. */
final class Kernels implements AutoCloseable {
    private final Device device;
    private final CUmodule module = new CUmodule();

    private Kernels(Device device, String ptx) {
        this.device = device;
        Status.driver("cuModuleLoadData " + ptx, cuModuleLoadData(module, read(ptx)));
    }

    /** What every backend needs. */
    static Kernels common(Device device) {
        return new Kernels(device, "bptt4j.ptx");
    }

    /** Persistent sweeps of one form: long kernels, which take a while to compile. */
    static Kernels persistent(Device device, PersistentPlan.Form form) {
        return new Kernels(device, form.module() + ".ptx");
    }

    /** Ended by a zero. */
    private static byte[] read(String ptx) {
        try (InputStream stream = Kernels.class.getResourceAsStream(ptx)) {
            if (stream == null) {
                throw new IllegalStateException(ptx + " is missing beside " + Kernels.class.getName());
            }
            byte[] text = stream.readAllBytes();
            return Arrays.copyOf(text, text.length + 1);
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
