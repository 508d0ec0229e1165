package org.bptt4j.io;

import java.io.IOException;

/** A safetensors file or tensor is not what it must be; the message is one line saying what, where and why. */
public final class SafetensorsException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_QUOTE = 80;

    /**
     * Creates the exception.
     *
     * @param message one line for the user
     */
    public SafetensorsException(String message) {
        super(message);
    }

    /**
     * Creates the exception.
     *
     * @param message one line for the user
     * @param cause what was noticed first
     */
    public SafetensorsException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Quotes text from a file for a message: at most 80 characters, and none that could break the line. */
    static String quote(String text) {
        String shown = text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text;
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            boolean breaksLine = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
            quoted.append(breaksLine ? String.format("\\u%04x", (int) c) : c);
        }
        return quoted.append('\'').toString();
    }
}
