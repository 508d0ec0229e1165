package org.bptt4j.backend;

/** An allocation did not fit. The message names the bytes asked, the bytes free and what to change. */
public final class OutOfDeviceMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String HEAP = ", or raise the heap with -Xmx";

    private final String numbers;
    private final String heap;

    /**
     * For something that grows with a batch.
     *
     * @param device the backend's name
     * @param asked bytes, {@link Long#MAX_VALUE} where that is too small a number
     * @param free bytes for one array
     * @param cause or null
     */
    public OutOfDeviceMemoryException(String device, long asked, long free, Throwable cause) {
        this(
                device + ": " + asked + " bytes asked, " + free + " free for one array",
                // A larger heap helps where it was what was full, not where no array is so long.
                device.equals("cpu") && cause != null ? HEAP : "",
                null,
                "Set a memory budget (Trainer.Builder.memory), or use fewer hidden units (RnnSpec.hiddenSize), a smaller batch or fewer"
                        + " unrolled steps",
                cause);
    }

    /**
     * For a heap that was full while something was done.
     *
     * @param remedy a sentence without its full stop
     */
    public OutOfDeviceMemoryException(String device, String work, String remedy, OutOfMemoryError cause) {
        this(device + ": " + work, HEAP, null, remedy, cause);
    }

    private OutOfDeviceMemoryException(String numbers, String heap, String what, String remedy, Throwable cause) {
        super(numbers + (what == null ? "" : " for " + what) + ". " + remedy + heap, cause);
        this.numbers = numbers;
        this.heap = heap;
    }

    /**
     * The same numbers, with what the memory was for and another remedy.
     *
     * @param what "the parameters of …"
     * @param remedy a sentence without its full stop
     */
    public OutOfDeviceMemoryException of(String what, String remedy) {
        return new OutOfDeviceMemoryException(numbers, heap, what, remedy, this);
    }
}
