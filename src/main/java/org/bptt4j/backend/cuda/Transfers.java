package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;

/**
 * Copies between host and device, through pinned memory, and the order between the two streams.
 *
 * <p>An upload runs on the copy stream. It waits for the operations under way only if one of them may use the array it writes
 * to; operations wait for uploads only when they use what was uploaded. So the next batch comes up while this one computes, as
 * long as it goes into other arrays. The host's array is copied into pinned memory first and may be reused at once.
 */
final class Transfers implements AutoCloseable {
    /** Elements of pinned memory to begin with (256 KiB); it grows to the largest upload. */
    private static final int LEAST = 1 << 16;
    /** Elements of one copy at most (256 MiB). */
    private static final int MOST = 1 << 26;
    /** Elements of one download at a time (4 MiB). */
    private static final int DOWNLOAD = 1 << 20;

    private final Device device;
    /** One is filled while the copies from the other are under way. */
    private final Pinned[] up = new Pinned[2];

    private final CUevent computed = new CUevent();
    private final CUevent uploaded = new CUevent();
    private int filling;
    private Pinned down;
    /** Number of the operation that runs now; of the last that is known to be done; of the last that the copy stream waits for. */
    private long operation = 1;

    private long finished;
    private long awaitedByCopies;
    /** Number of the last upload, and of the last that the operations wait for. */
    private long upload;

    private long awaitedByOperations;

    Transfers(Device device) {
        this.device = device;
        int events = 0;
        try {
            create(computed);
            events++;
            create(uploaded);
            events++;
            up[0] = new Pinned(LEAST);
            up[1] = new Pinned(LEAST);
            down = new Pinned(LEAST);
        } catch (RuntimeException e) {
            closePinned();
            if (events > 0) {
                cuEventDestroy(computed);
            }
            if (events > 1) {
                cuEventDestroy(uploaded);
            }
            throw e;
        }
    }

    private static void create(CUevent event) {
        Status.driver("cuEventCreate", cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING));
    }

    /** The next operation begins. */
    void nextOperation() {
        operation++;
    }

    /** The operation under way uses {@code array}: it comes after the uploads to it. */
    void use(CudaArray array) {
        if (array.lastUpload() > awaitedByOperations) {
            await(uploaded, device.copy(), device.compute());
            awaitedByOperations = upload;
        }
        array.usedBy(operation);
    }

    private static void await(CUevent event, CUstream first, CUstream second) {
        Status.driver("cuEventRecord", cuEventRecord(event, first));
        Status.driver("cuStreamWaitEvent", cuStreamWaitEvent(second, event, 0));
    }

    // ---- up ---------------------------------------------------------------------------------------------------------

    void upload(float[] from, int start, int count, CudaArray to, long at) {
        for (int done = 0; done < count; ) {
            int n = Math.min(count - done, MOST);
            Pinned pinned = room(n);
            int place = pinned.take(n);
            pinned.floats().put(place, from, start + done, n);
            send(pinned, place, n, to, at + done);
            done += n;
        }
    }

    void upload(int[] from, int start, int count, CudaArray to, long at) {
        System.arraycopy(from, start, to.ints(), Math.toIntExact(at), count);
        for (int done = 0; done < count; ) {
            int n = Math.min(count - done, MOST);
            Pinned pinned = room(n);
            int place = pinned.take(n);
            pinned.ints().put(place, from, start + done, n);
            send(pinned, place, n, to, at + done);
            done += n;
        }
    }

    /** Pinned memory with room for {@code n} more elements: the current one, or else the other, larger if need be. */
    private Pinned room(int n) {
        if (up[filling].room() < n) {
            filling = 1 - filling;
            if (up[filling].reuse()) {
                device.tally().waited();
            }
            if (up[filling].length() < n) {
                up[filling] = larger(up[filling], n);
            }
        }
        return up[filling];
    }

    private static Pinned larger(Pinned old, int n) {
        Pinned next = new Pinned(Math.max(n, Math.min(MOST, 2 * Integer.highestOneBit(n))));
        old.close();
        return next;
    }

    private void send(Pinned from, int place, int n, CudaArray to, long at) {
        if (to.lastUse() > Math.max(finished, awaitedByCopies)) {
            await(computed, device.compute(), device.copy());
            awaitedByCopies = operation;
        }
        int code = cuMemcpyHtoDAsync(
                to.block().from(at * Float.BYTES), from.pointer(place), (long) n * Float.BYTES, device.copy());
        Status.driver("cuMemcpyHtoDAsync", code);
        device.tally().upload((long) n * Float.BYTES);
        from.mark(device.copy());
        to.writtenBy(++upload);
    }

    // ---- down -------------------------------------------------------------------------------------------------------

    /** to[start + i] = from[at + i], after all operations queued before. */
    void download(CudaArray from, long at, float[] to, int start, int count) {
        use(from);
        for (int done = 0; done < count; ) {
            int n = Math.min(count - done, DOWNLOAD);
            if (down.length() < n) {
                down = larger(down, n);
            }
            int code = cuMemcpyDtoHAsync(
                    down.pointer(0),
                    from.block().from((at + done) * Float.BYTES),
                    (long) n * Float.BYTES,
                    device.compute());
            Status.driver("cuMemcpyDtoHAsync", code);
            device.tally().download((long) n * Float.BYTES);
            finish();
            down.floats().get(0, to, start + done, n);
            done += n;
        }
    }

    /** Waits for the operations. */
    private void finish() {
        device.waitFor(device.compute());
        finished = operation;
    }

    /** Waits for all operations and uploads. */
    void synchronize() {
        device.synchronize();
        finished = operation;
    }

    /** After all work is done or lost; codes are not looked at. */
    @Override
    public void close() {
        closePinned();
        cuEventDestroy(uploaded);
        cuEventDestroy(computed);
    }

    private void closePinned() {
        for (Pinned pinned : new Pinned[] {down, up[1], up[0]}) {
            if (pinned != null) {
                pinned.close();
            }
        }
    }
}
