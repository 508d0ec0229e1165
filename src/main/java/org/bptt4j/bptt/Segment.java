package org.bptt4j.bptt;

import java.util.ArrayList;
import java.util.List;
import org.bptt4j.spec.Truncation;

/**
 * A range of steps whose losses are swept back together.
 *
 * @param start first step whose loss belongs to this segment
 * @param end one past the last
 * @param reach first step that the backward sweep of this segment's loss goes through: max(0, end − k2). Before {@code start}
 *     it passes through earlier steps without injecting their losses again; after {@code start} the steps before it have
 *     constant states
 */
record Segment(int start, int end, int reach) {
    /** The segments of T steps: k1 steps each, the last may be shorter. */
    static List<Segment> plan(int steps, Truncation truncation) {
        List<Segment> segments = new ArrayList<>();
        for (int start = 0; start < steps; ) {
            int end = (int) Math.min(steps, (long) start + truncation.k1());
            segments.add(new Segment(start, end, Math.max(0, end - truncation.k2())));
            start = end;
        }
        return segments;
    }

    /** Steps whose losses belong to the segment. */
    int steps() {
        return end - start;
    }
}
