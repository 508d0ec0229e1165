package org.bptt4j.bptt;

import java.util.List;

/**
 * Steps that are on the device together.
 *
 * @param from first step
 * @param first the first that is new: those before it stay from the window before
 * @param to one past the last
 * @param own stretches of the new steps, in order of time
 */
record Window(int from, int first, int to, List<Stretch> own) {
    int steps() {
        return to - from;
    }
}
