package org.bptt4j.bptt;

/**
 * Steps [from, to) that go through all layers and operations together: what one operation wrote the next finds in a cache, if the
 * backend says that this is worth more operations. Counted from the first step of the window that they are in.
 *
 * @param number among all stretches of a {@link Layout}; windows of the same shape share theirs
 * @param ownFrom the first step of the segment's own: they are swept forward, and their losses are part of it. The backward sweep only
 *     passes through those before; {@code to} if none is its own
 * @param sweptFrom the first step that the backward sweep goes through. Before it states are constants; {@code to} if all are
 * @param to one past the last
 */
record Stretch(int number, int ownFrom, int sweptFrom, int to) {
    int from() {
        return Math.min(ownFrom, sweptFrom);
    }

    /** Steps of the segment's own. */
    int ownSteps() {
        return to - ownFrom;
    }

    /** Steps that the backward sweep goes through. */
    int sweptSteps() {
        return to - sweptFrom;
    }

    boolean isOwn() {
        return ownFrom < to;
    }

    boolean isSwept() {
        return sweptFrom < to;
    }
}
