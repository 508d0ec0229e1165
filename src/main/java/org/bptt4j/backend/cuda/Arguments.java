package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemFreeHost;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;

/**
 * Where the arguments of a launch are put: slots of eight bytes, and behind them the table of the slots' addresses that
 * {@code cuLaunchKernel} reads. The driver copies them at the call, so that one place serves every kernel of a backend, inside of
 * a capture too. The memory is pinned for the sake of its address, which Java would not tell: JCuda passes a plain address on,
 * where it builds the table anew at every launch if it is given an array of pointers.
 */
final class Arguments implements AutoCloseable {
    /** More than any kernel has. */
    static final int MOST = 32;

    private static final int SLOT = Long.BYTES;

    private final Address.Host memory = Pinned.allocate(2 * MOST * SLOT);
    private final ByteBuffer slots = memory.getByteBuffer(0, MOST * SLOT).order(ByteOrder.nativeOrder());
    private final Pointer table = new Address(memory.address() + MOST * SLOT);
    private int next;

    Arguments() {
        ByteBuffer addresses = memory.getByteBuffer(MOST * SLOT, MOST * SLOT).order(ByteOrder.nativeOrder());
        for (int i = 0; i < MOST; i++) {
            addresses.putLong(i * SLOT, memory.address() + i * SLOT);
        }
    }

    void put(long value) {
        slots.putLong(next++ * SLOT, value);
    }

    void put(float value) {
        slots.putFloat(next++ * SLOT, value);
    }

    /** How many were put since this was asked last; the next one is the first again. */
    int take() {
        int count = next;
        next = 0;
        return count;
    }

    /** What a launch is given. */
    Pointer table() {
        return table;
    }

    /** After all launches; codes are not looked at. */
    @Override
    public void close() {
        cuMemFreeHost(memory);
    }
}
