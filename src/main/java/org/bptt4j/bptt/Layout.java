package org.bptt4j.bptt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the steps of a batch are when they are needed: segments in windows, by a {@link MemoryPlan}, both cut into stretches. */
final class Layout {
    /**
     * What one window has of a segment.
     *
     * @param stretches in order of time; first those of earlier segments that the backward sweep passes through
     */
    record Part(Window window, List<Stretch> stretches) {
        Stretch last() {
            return stretches.get(stretches.size() - 1);
        }
    }

    private record Key(int ownFrom, int sweptFrom, int to) {}

    private final int stretch;
    private final Map<Key, Stretch> stretches = new HashMap<>();
    private final List<List<Part>> parts = new ArrayList<>();

    /** @param stretch steps of the longest stretch */
    Layout(List<Segment> segments, MemoryPlan plan, int stretch) {
        this.stretch = stretch;
        if (plan.pieces() > 1) {
            for (Segment segment : segments) {
                parts.add(pieces(segment, plan.window()));
            }
            return;
        }
        int fit = (plan.window() - plan.kept()) / segments.get(0).steps();
        int together = plan.isWhole() ? segments.size() : fit;
        for (int s = 0; s < segments.size(); s += together) {
            share(segments.subList(s, Math.min(s + together, segments.size())));
        }
    }

    private Layout(int stretch) {
        this.stretch = stretch;
    }

    /** Each segment in a window of its own, without what lies before it. */
    static Layout apart(List<Segment> segments, int stretch) {
        Layout layout = new Layout(stretch);
        for (Segment s : segments) {
            layout.share(List.of(new Segment(s.start(), s.end(), Math.max(s.start(), s.reach()))));
        }
        return layout;
    }

    /** The parts of segment {@code s}, in order of time. */
    List<Part> parts(int s) {
        return parts.get(s);
    }

    /** One window for several segments. */
    private void share(List<Segment> segments) {
        int first = segments.get(0).start();
        int from = segments.stream().mapToInt(Segment::reach).reduce(first, Math::min);
        int to = segments.get(segments.size() - 1).end();
        Window window = new Window(from, first, to, new ArrayList<>());
        for (Segment segment : segments) {
            parts.add(List.of(part(window, segment, segment.start(), segment.end())));
        }
    }

    /** A window for each piece of a segment; the first may be shorter than the others. */
    private List<Part> pieces(Segment segment, int longest) {
        List<Part> pieces = new ArrayList<>();
        int from = segment.start();
        for (int left = segment.steps(); left > 0; ) {
            int steps = (left - 1) % longest + 1;
            Window window = new Window(from, from, from + steps, new ArrayList<>());
            pieces.add(part(window, segment, from, from + steps));
            from += steps;
            left -= steps;
        }
        return pieces;
    }

    /** The steps [from, to) of a segment, and with its first the ones before it that its backward sweep reaches. */
    private Part part(Window window, Segment segment, int from, int to) {
        int first = from == segment.start() ? Math.max(window.from(), Math.min(from, segment.reach())) : from;
        List<Stretch> list = new ArrayList<>();
        for (int start = first; start < to; ) {
            // The last stretch is as long as the others, the first is what is left.
            int end = start + (to - start - 1) % stretch + 1;
            list.add(stretch(
                    clamp(segment.start(), start, end) - window.from(),
                    clamp(segment.reach(), start, end) - window.from(),
                    end - window.from()));
            start = end;
        }
        list.stream().filter(Stretch::isOwn).forEach(window.own()::add);
        return new Part(window, list);
    }

    private static int clamp(int step, int least, int most) {
        return Math.max(least, Math.min(step, most));
    }

    private Stretch stretch(int ownFrom, int sweptFrom, int to) {
        return stretches.computeIfAbsent(
                new Key(ownFrom, sweptFrom, to), k -> new Stretch(stretches.size(), ownFrom, sweptFrom, to));
    }
}
