package org.bptt4j.bptt;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Truncation;

/** How batches of one shape are unrolled: segments, the windows they are in, and when each window is swept. */
final class Arrangement {
    /** Rows (steps · batch rows) of a window when only outputs are wanted: as many as products are fast with. */
    private static final int FORWARD_ROWS = 16384;

    private final Batch shape;
    private final boolean forwardOnly;
    private final List<Segment> segments;
    private final MemoryPlan plan;
    private final int stretch;
    private final Layout layout;
    /** Of each segment. */
    private final List<Revolve> schedules;
    /** Segments are gone through one by one, each from the state that it began with. */
    private final boolean apart;

    /**
     * For batches of the shape of this one.
     *
     * @param forwardOnly whether no segment will be swept back: then there is one, which is never swept again
     * @param atOnce whether all steps must be on the device together
     * @throws IllegalArgumentException if the budget is too small
     */
    Arrangement(
            Batch shape,
            boolean forwardOnly,
            boolean atOnce,
            Truncation truncation,
            MemoryPlan.Sizes sizes,
            long budget) {
        this.shape = shape;
        this.forwardOnly = forwardOnly;
        this.segments = Segment.plan(shape.steps(), forwardOnly ? Truncation.NONE : truncation);
        if (atOnce) {
            this.plan = MemoryPlan.atOnce(sizes, shape.steps(), budget);
        } else if (forwardOnly) {
            this.plan = MemoryPlan.forward(sizes, shape.steps(), Math.max(1, FORWARD_ROWS / shape.rows()), budget);
        } else {
            this.plan = MemoryPlan.of(sizes, segments, budget);
        }
        this.stretch = Math.min(sizes.stretch(), plan.window());
        this.layout = new Layout(segments, plan, stretch);
        Map<Integer, Revolve> byPieces = new HashMap<>();
        this.schedules = IntStream.range(0, segments.size())
                .mapToObj(s -> byPieces.computeIfAbsent(
                        layout.parts(s).size(),
                        pieces -> forwardOnly ? Revolve.forward(pieces) : new Revolve(pieces, plan.checkpoints() + 1)))
                .toList();
        this.apart = false;
    }

    private Arrangement(Arrangement whole) {
        this.shape = whole.shape;
        this.forwardOnly = whole.forwardOnly;
        this.segments = whole.segments;
        this.plan = whole.plan;
        this.stretch = whole.stretch;
        this.layout = Layout.apart(segments, stretch);
        this.schedules = whole.schedules;
        this.apart = true;
    }

    /**
     * One in which each segment can be swept again by itself, with the states that it began with. Where states of earlier segments have
     * been given up, backward sweeps end at the segment's first step. For the batch that is loaded only.
     */
    Arrangement apart() {
        return plan.isWhole() || plan.pieces() > 1 ? this : new Arrangement(this);
    }

    /** Whether everything that was made for this shape serves a batch too. */
    boolean serves(Batch next, boolean forward) {
        return !apart
                && forward == forwardOnly
                && next.steps() == shape.steps()
                && next.rows() == shape.rows()
                && (next.ids() == null) == (shape.ids() == null)
                && (next.lengths() == null) == (shape.lengths() == null)
                && (next.lossWeights() == null) == (shape.lossWeights() == null)
                && (next.resets() == null) == (shape.resets() == null);
    }

    List<Segment> segments() {
        return segments;
    }

    MemoryPlan plan() {
        return plan;
    }

    /** Steps of the longest stretch. */
    int stretch() {
        return stretch;
    }

    /** The parts of segment {@code s}, in order of time. */
    List<Layout.Part> parts(int s) {
        return layout.parts(s);
    }

    Revolve schedule(int s) {
        return schedules.get(s);
    }

    /** The window that has the whole batch, or null if it takes several. */
    Window whole() {
        return plan.isWhole() ? layout.parts(0).get(0).window() : null;
    }

    /** States that are kept beside the windows. */
    int checkpoints() {
        return plan.isWhole() ? 0 : segments.size() + plan.checkpoints();
    }

    /** Where checkpoint {@code which} of segment {@code s} is kept: number 0 is the state before it, all segments share the others. */
    int checkpoint(int s, int which) {
        return which == 0 ? s : segments.size() + which - 1;
    }

    /** Whether segment {@code s} begins with its checkpoint 0, and not with what the one before has left on the device. */
    boolean loads(int s) {
        return !plan.isWhole() && (s == 0 || plan.pieces() > 1 || apart);
    }
}
