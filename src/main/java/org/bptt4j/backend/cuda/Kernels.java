package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import jcuda.driver.CUmodule;

/** The module of all kernels: PTX, which the driver compiles for the card when it is loaded. */
final class Kernels implements AutoCloseable {
    private static final String PTX = "bptt4j.ptx";

    private final Device device;
    private final CUmodule module = new CUmodule();

    Kernels(Device device) {
        this.device = device;
        Status.driver("cuModuleLoadData", cuModuleLoadData(module, ptx()));
    }

    /** Ended by a zero. */
    private static byte[] ptx() {
        try (InputStream stream = Kernels.class.getResourceAsStream(PTX)) {
            if (stream == null) {
                throw new IllegalStateException(PTX + " is missing beside " + Kernels.class.getName());
            }
            byte[] text = stream.readAllBytes();
            return Arrays.copyOf(text, text.length + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The kernel {@code name} with so many arguments, on the stream of the operations. */
    Kernel get(String name, int arguments) {
        return new Kernel(module, device.compute(), name, arguments);
    }

    /** After all work is done or lost; codes are not looked at. */
    @Override
    public void close() {
        cuModuleUnload(module);
    }
}
