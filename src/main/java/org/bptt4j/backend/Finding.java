package org.bptt4j.backend;

/**
 * One thing that a backend needs, and whether it is there.
 *
 * @param name what was looked at
 * @param state how it is
 * @param text what was found, or what is wrong
 * @param remedy what to do about it, or null if there is nothing to do
 */
public record Finding(String name, State state, String text, String remedy) {
    /** Whether it is as it should be. */
    public enum State {
        OK,
        PROBLEM,
        /** Could not be looked at, because of a problem that was found before. */
        UNKNOWN
    }

    public static Finding ok(String name, String text) {
        return new Finding(name, State.OK, text, null);
    }

    public static Finding problem(String name, String text, String remedy) {
        return new Finding(name, State.PROBLEM, text, remedy);
    }

    public static Finding unknown(String name, String text) {
        return new Finding(name, State.UNKNOWN, text, null);
    }

    /** "what is wrong; what to do" */
    public String sentence() {
        return remedy == null ? text : text + "; " + remedy;
    }
}
