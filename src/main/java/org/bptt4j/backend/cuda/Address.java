package org.bptt4j.backend.cuda;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/** JCuda's pointers for addresses that are plain numbers. */
final class Address extends Pointer {
    /** Somewhere on the device. */
    Address(long address) {
        super(address);
    }

    /** Pinned memory of the host, whose address JCuda would not tell. */
    static final class Host extends Pointer {
        Host() {}

        /** Its first byte. */
        long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /** A block on the device, whose address JCuda would not tell. */
    static final class Block extends CUdeviceptr {
        Block() {}

        private Block(Block start, long bytes) {
            super(start, bytes);
        }

        /** Its first byte. */
        long address() {
            return getNativePointer() + getByteOffset();
        }

        /** From {@code bytes} behind its start. */
        Block from(long bytes) {
            return new Block(this, bytes);
        }
    }
}
