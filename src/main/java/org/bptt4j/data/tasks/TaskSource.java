package org.bptt4j.data.tasks;

import org.apache.commons.math3.random.RandomGenerator;
import org.bptt4j.data.Batch;
import org.bptt4j.data.CountedSource;
import org.bptt4j.data.RandomStream;

/** Batches of a task. Training sequences are new in every epoch; held-out ones are the same each time, and other ones. */
public final class TaskSource implements CountedSource {
    private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final Task task;
    private final int rows;
    private final long batches;
    private final long seed;
    private final RandomStream.Use use;
    private RandomGenerator random;
    private long next;

    private TaskSource(Task task, int rows, long batches, long seed, RandomStream.Use use) {
        if (rows < 1 || batches < 1) {
            throw new IllegalArgumentException(batches + " batches of " + rows + " rows: both must be at least 1");
        }
        // Twice the cells: adding has two inputs a step.
        if (2L * task.steps() * rows > LARGEST_ARRAY) {
            throw new IllegalArgumentException(rows + (rows == 1 ? " sequence of " : " sequences of ") + task.steps()
                    + " steps at a time: more numbers than one array holds; use a smaller batch or a shorter length");
        }
        this.task = task;
        this.rows = rows;
        this.batches = batches;
        this.seed = seed;
        this.use = use;
    }

    /** Sequences to train on. */
    public static TaskSource training(Task task, int rows, long batches, long seed) {
        return new TaskSource(task, rows, batches, seed, RandomStream.Use.TRAINING);
    }

    /** Sequences to choose a model by: the same in every epoch, and others than those of training and of the held-out part. */
    public static TaskSource validation(Task task, int rows, long batches, long seed) {
        return new TaskSource(task, rows, batches, seed, RandomStream.Use.VALIDATION);
    }

    /** Sequences to evaluate on. */
    public static TaskSource heldOut(Task task, int rows, long batches, long seed) {
        return new TaskSource(task, rows, batches, seed, RandomStream.Use.HELD_OUT);
    }

    @Override
    public long batches() {
        return batches;
    }

    @Override
    public void start(long epoch) {
        random = RandomStream.of(seed, use, use == RandomStream.Use.TRAINING ? epoch : 0);
        next = 0;
    }

    @Override
    public Batch next() {
        if (random == null) {
            throw new IllegalStateException("next before start: call start(epoch) first");
        }
        return next++ < batches ? task.draw(rows, random) : null;
    }
}
