package org.bptt4j.backend;

/** A device or its driver refused or failed: the message carries the call, the error's name and what to do. */
public final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String error;

    /**
     * @param call what was asked of the device, as its interface calls it
     * @param error the error as that interface calls it
     * @param remedy what the user can do
     */
    public DeviceException(String call, String error, String remedy) {
        super(call + " failed with " + error + ": " + remedy);
        this.error = error;
    }

    /** The error as the device's interface calls it. */
    public String error() {
        return error;
    }
}
