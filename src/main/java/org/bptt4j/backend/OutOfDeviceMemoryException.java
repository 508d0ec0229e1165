package org.bptt4j.backend;

/** An allocation did not fit. The message names the bytes asked, the bytes free and what to change. */
public final class OutOfDeviceMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OutOfDeviceMemoryException(String device, long asked, long free, Throwable cause) {
        super(
                device + ": " + asked + " bytes asked, " + free
                        + " free for one array. Set a memory budget (--memory, Trainer.Builder.memory), or use fewer hidden units, a smaller"
                        + " batch or fewer unrolled steps"
                        + (device.equals("cpu") ? ", or raise the heap with -Xmx" : ""),
                cause);
    }
}
