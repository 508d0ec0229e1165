package org.bptt4j.data;

import java.util.Arrays;
import org.apache.commons.math3.random.RandomDataGenerator;
import org.bptt4j.spec.Require;
import org.bptt4j.spec.Sizes;

/**
 * Batches of many short sequences of symbols (names, sentences, molecules) for next-symbol prediction, without padding: each of B
 * rows takes one sequence behind the other, a reset says where each begins, and one that does not fit a batch of T steps goes on in
 * the next.
 *
 * <p>The target of a symbol is the one after it, so a sequence of n symbols takes n − 1 steps. The order of the sequences is drawn
 * anew for each epoch. Steps are left over only when the epoch's last sequence has begun; they have no target.
 */
public final class PackedSource implements BatchSource {
    private final int[][] sequences;
    private final int rows;
    private final int steps;
    private final int noTarget;
    private final long seed;
    private int[] order;
    private int taken;
    private boolean first;
    /** Of each row, the sequence it is in, or null. */
    private final int[][] current;
    /** Of each row, the next step in that sequence. */
    private final int[] position;

    /**
     * A source of packed sequences.
     *
     * @param sequences of at least 2 symbols each
     * @param rows B
     * @param steps T
     * @param noTarget the loss's ignore index
     * @param seed of the sequences' order
     */
    public PackedSource(int[][] sequences, int rows, int steps, int noTarget, long seed) {
        Require.given(sequences, "sequences");
        if (rows < 1 || steps < 1 || sequences.length == 0) {
            throw new IllegalArgumentException(sequences.length + " sequences in B = " + rows + " rows of T = " + steps
                    + " steps: all must be at least 1");
        }
        for (int i = 0; i < sequences.length; i++) {
            if (Require.given(sequences[i], "sequence " + i).length < 2) {
                throw new IllegalArgumentException("sequence " + i + " has length " + sequences[i].length
                        + ": at least 2 symbols are needed, one to read and one to predict");
            }
        }
        Sizes.array("a batch [T,B]", "use fewer rows or steps", steps, rows);
        this.sequences = sequences;
        this.rows = rows;
        this.steps = steps;
        this.noTarget = noTarget;
        this.seed = seed;
        this.current = new int[rows][];
        this.position = new int[rows];
        start(0);
    }

    @Override
    public void start(long epoch) {
        order = new RandomDataGenerator(RandomStream.of(seed, RandomStream.Use.TRAINING, epoch))
                .nextPermutation(sequences.length, sequences.length);
        taken = 0;
        first = true;
        Arrays.fill(current, null);
    }

    @Override
    public Batch next() {
        int[] ids = new int[steps * rows];
        int[] targets = new int[steps * rows];
        boolean[] resets = new boolean[steps * rows];
        Arrays.fill(targets, noTarget);
        boolean any = false;
        for (int t = 0; t < steps; t++) {
            for (int b = 0; b < rows; b++) {
                int cell = t * rows + b;
                resets[cell] = current[b] == null && begin(b);
                if (current[b] != null) {
                    any = true;
                    ids[cell] = current[b][position[b]++];
                    targets[cell] = current[b][position[b]];
                    current[b] = position[b] + 1 < current[b].length ? current[b] : null;
                }
            }
        }
        if (!any) {
            return null;
        }
        Batch batch = Batch.symbols(steps, rows, ids).withTargets(targets).withResets(resets);
        batch = first ? batch : batch.continuing();
        first = false;
        return batch;
    }

    /** Row b takes the next sequence, if there is one. */
    private boolean begin(int b) {
        if (taken == order.length) {
            return false;
        }
        current[b] = sequences[order[taken++]];
        position[b] = 0;
        return true;
    }
}
