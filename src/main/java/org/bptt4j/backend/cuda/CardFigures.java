package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuDeviceGet;

import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import org.bptt4j.backend.Costs;
import org.bptt4j.backend.DeviceException;

/** What the driver says of a card that need not be opened for it. */
final class CardFigures {
    /** Those capabilities whose multiprocessors have half as many float32 lanes as others: Turing's, and that of the A100. */
    private static final int TURING = 75;

    private static final int AMPERE = 80;
    /** For a card that keeps its clocks to itself, as some virtual ones do. */
    private static final int UNKNOWN_KHZ = 1_000_000;

    private CardFigures() {}

    static Costs.Card of(int number) {
        CUdevice device = new CUdevice();
        Status.driver("cuDeviceGet", cuDeviceGet(device, number));
        int capability = Device.capability(device);
        double memoryKhz = known(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, UNKNOWN_KHZ);
        double busBytes = known(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, 64) / 8;
        return new Costs.Card(
                Device.model(device),
                Device.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                capability == TURING || capability == AMPERE ? 64 : 128,
                known(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE, UNKNOWN_KHZ) / 1e3,
                known(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, 1 << 20) / (1 << 20),
                2 * memoryKhz * busBytes / 1e6);
    }

    private static double known(CUdevice device, int which, int otherwise) {
        try {
            int value = Device.attribute(device, which);
            return value > 0 ? value : otherwise;
        } catch (DeviceException e) {
            return otherwise;
        }
    }
}
