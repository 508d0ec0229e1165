package org.bptt4j.bptt;

/**
 * Steps that go through all layers and operations together: what one operation wrote the next finds in a cache, if the backend
 * says that this is worth more operations. Counted from the first step of the window that they are in.
 *
 * @param number among all stretches of a {@link Layout}; windows of the same shape share theirs
 * @param from first step
 * @param to one past the last
 * @param own whether the steps are the segment's own: their losses are part of it. Else a backward sweep only passes through
 * @param swept whether the backward sweep goes through them. Else their states are constants
 */
record Stretch(int number, int from, int to, boolean own, boolean swept) {
    int steps() {
        return to - from;
    }
}
