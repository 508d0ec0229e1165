package org.bptt4j.backend.cpu;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Ints;
import org.bptt4j.backend.Matrix;

/** A Java array with an owner. Exactly one of {@code floats} and {@code ints} is set while it is open. */
final class CpuArray implements DeviceArray {
    private final CpuBackend owner;
    private final Type type;
    private final int length;
    private float[] floats;
    private int[] ints;
    private long version;

    CpuArray(CpuBackend owner, Type type, long length) {
        this.owner = owner;
        this.type = type;
        this.length = (int) length;
        if (type == Type.FLOAT) {
            floats = Workspace.array(length, Float.BYTES, float[]::new);
        } else {
            ints = Workspace.array(length, Integer.BYTES, int[]::new);
        }
    }

    /** The elements of an array that was found to be one of ours. */
    static float[] floats(DeviceArray array) {
        return ((CpuArray) array).floats();
    }

    /** The elements behind a view that was found to be one of ours. */
    static float[] floats(Matrix m) {
        return floats(m.array());
    }

    /** The elements behind a view that was found to be one of ours. */
    static int[] ints(Ints m) {
        return ((CpuArray) m.array()).ints();
    }

    float[] floats() {
        requireOpen(floats);
        return floats;
    }

    int[] ints() {
        requireOpen(ints);
        return ints;
    }

    private void requireOpen(Object memory) {
        if (memory == null) {
            throw new IllegalStateException(
                    isClosed() ? "this array of " + length + " " + type + " is closed" : "this array holds " + type);
        }
    }

    /** Moves on whenever an operation may write to this array: what was made of its elements is good as long as it stays. */
    long version() {
        return version;
    }

    void mayChange() {
        version++;
    }

    boolean isClosed() {
        return floats == null && ints == null;
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

    void release() {
        floats = null;
        ints = null;
    }
}
