package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;

/**
 * Memory on the device with an owner. Ints also have a copy on the host, written by uploads as the device's is: row numbers and
 * symbols are checked there before a kernel follows them, because a kernel that leaves its array takes the whole context along.
 */
final class CudaArray implements DeviceArray {
    private final CudaBackend owner;
    private final Type type;
    private final long length;
    private final int[] ints;
    private Address.Block block;
    /** The operation that used this array last, as {@link Transfers} counts them. */
    private long lastUse;
    /** The upload that wrote to this array last. */
    private long lastUpload;

    CudaArray(CudaBackend owner, Type type, long length, Address.Block block) {
        this.owner = owner;
        this.type = type;
        this.length = length;
        this.block = block;
        this.ints = type == Type.INT ? new int[Math.toIntExact(length)] : null;
    }

    Address.Block block() {
        return block;
    }

    /** Of element {@code index}. */
    long address(long index) {
        return block.address() + index * Float.BYTES;
    }

    /** What the device's ints are. */
    int[] ints() {
        return ints;
    }

    long lastUse() {
        return lastUse;
    }

    void usedBy(long operation) {
        lastUse = operation;
    }

    long lastUpload() {
        return lastUpload;
    }

    void writtenBy(long upload) {
        lastUpload = upload;
    }

    boolean isClosed() {
        return block == null;
    }

    @Override
    public Type type() {
        return type;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public Backend backend() {
        return owner;
    }

    @Override
    public void close() {
        owner.free(this);
    }

    /** The block, which is no longer this array's. */
    Address.Block release() {
        Address.Block last = block;
        block = null;
        return last;
    }
}
