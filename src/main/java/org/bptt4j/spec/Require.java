package org.bptt4j.spec;

/** The checks of arguments that every public method of the library makes in one way. */
public final class Require {
    private Require() {}

    /** The value, which may not be null: an {@link IllegalArgumentException} names the argument. */
    public static <T> T given(T value, String name) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is null: it must be given");
        }
        return value;
    }
}
