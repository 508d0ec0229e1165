package org.bptt4j.backend.cuda;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sweeps in stretches of up to {@link #STEPS} steps, each one launch of a CUDA graph.
 *
 * <p>The graphs record the launches of {@link SweepSteps}, the very ones of {@link StepSweep}. They know no address of states or
 * gradients: the host sets the cursor once for a sweep, and each graph moves it on by its steps. So one graph serves every stretch
 * of every sequence of a shape, wherever it lies. The other ways were to copy each stretch into a workspace and back (all states
 * move twice more through memory, and a stretch takes three launches), and to record absolute addresses (as many graphs as
 * there are stretches, each of them to record anew when a buffer grows).
 *
 * <p>What is left behind whole stretches is cut into powers of two, and from the fourth piece on rounded up: steps past the end
 * do nothing but a product that nobody reads. So there are few graphs for all lengths, and a sweep of T steps takes at
 * most ⌊T/STEPS⌋ + 4 launches beside the one or two around it.
 *
 * <p>The first step that is seen of a shape is never recorded, nor is the cursor's first way: cuBLAS and the driver may load
 * code at the first call.
 */
final class GraphSweep extends SteppedSweep implements AutoCloseable {
    /** Steps of the longest graph: the cost of its launch is spread over enough of them. */
    static final int STEPS = 256;
    /** Graphs for what is left behind whole stretches. */
    static final int MOST_PIECES = 4;
    /** Shapes whose graphs are kept, two for each layer of the networks in use. With more in turn all go step by step. */
    static final int MOST_SHAPES = 128;

    private final Device device;
    private final boolean atOnce;
    /** By shape, the one not used for longest first. */
    private final Map<SweepShape, Graphs> cache = new LinkedHashMap<>(16, 0.75f, true);

    private long moves;

    /** @param atOnce record from a shape's first sweep on, not only from its second: shapes that never return are not worth it */
    GraphSweep(SweepSteps steps, Device device, boolean atOnce) {
        super(steps);
        this.device = device;
        this.atOnce = atOnce;
    }

    @Override
    void run(SweepShape shape, int count) {
        if (moves != steps.moves()) {
            close(); // nothing of them runs: the old workspace was waited for before it was freed
            moves = steps.moves();
        }
        Graphs graphs = cache.get(shape);
        if (graphs != null) {
            launch(graphs, shape, count);
            return;
        }
        graphs = remember(shape);
        int plain = atOnce ? 1 : count;
        for (int t = 0; t < plain; t++) {
            steps.step(shape, t);
        }
        steps.advance(plain);
        if (plain < count) {
            launch(graphs, shape, count - plain);
        }
    }

    private void launch(Graphs graphs, SweepShape shape, int count) {
        int pieces = 0;
        for (int left = count; left > 0; ) {
            int size = Math.min(STEPS, Integer.highestOneBit(left));
            if (size < STEPS && ++pieces == MOST_PIECES && size < left) {
                size *= 2;
            }
            int n = size;
            graphs.launch(n, () -> record(shape, n));
            left -= n;
        }
    }

    private void record(SweepShape shape, int count) {
        for (int t = 0; t < count; t++) {
            steps.step(shape, t);
        }
        steps.advance(count);
    }

    // ---- the cache --------------------------------------------------------------------------------------------------

    private Graphs remember(SweepShape shape) {
        if (cache.size() == MOST_SHAPES) {
            Iterator<Graphs> all = cache.values().iterator();
            Graphs oldest = all.next();
            all.remove();
            destroy(oldest);
        }
        Graphs graphs = new Graphs(device);
        cache.put(shape, graphs);
        return graphs;
    }

    private void destroy(Graphs graphs) {
        if (!graphs.isEmpty()) {
            try {
                device.synchronize();
            } finally {
                graphs.close();
            }
        }
    }

    /** After all work is done or lost. */
    @Override
    public void close() {
        cache.values().forEach(Graphs::close);
        cache.clear();
    }
}
