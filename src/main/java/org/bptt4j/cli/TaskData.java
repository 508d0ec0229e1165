package org.bptt4j.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.bptt4j.Evaluator;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Workload;
import org.bptt4j.data.CountedSource;
import org.bptt4j.data.tasks.Adding;
import org.bptt4j.data.tasks.Copy;
import org.bptt4j.data.tasks.Parity;
import org.bptt4j.data.tasks.Task;
import org.bptt4j.data.tasks.TaskSource;
import org.bptt4j.data.tasks.TemporalOrder;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;

/** A synthetic task; the sequences that validate and those held out are the same for every run. */
final class TaskData implements TrainingData {
    /** Key of the task's name in a model file. */
    static final String TASK = "task";

    /** Key of the task's length in a model file. */
    static final String LENGTH = "length";

    private static final Map<String, IntFunction<Task>> TASKS = new TreeMap<>(Map.of(
            "adding", Adding::new, "temporal-order", TemporalOrder::new, "copy", Copy::new, "parity", Parity::new));

    static final Defaults DEFAULTS = new Defaults(100, 0, 50, "adam", 0.001, "cosine", 150);
    private static final long BATCHES_PER_EPOCH = 100;
    private static final int HELD_OUT_BATCHES = 10;
    private static final int HELD_OUT_ROWS = 100;
    /** Steps of a held-out batch, all rows together: of long sequences it has fewer, so that training is what needs memory. */
    private static final int HELD_OUT_STEPS = 200_000;

    private final String name;
    private final int length;
    private final Task task;
    private final int heldOutRows;
    private final TaskSource valid;
    private final TaskSource heldOut;

    /** The task of this name with sequences of this length. */
    TaskData(String name, int length) {
        this.name = name;
        this.length = length;
        try {
            this.task = Names.choose("--task", name, TASKS).apply(length);
            this.heldOutRows = Math.max(1, Math.min(HELD_OUT_ROWS, HELD_OUT_STEPS / task.steps()));
            this.valid = TaskSource.validation(task, heldOutRows, HELD_OUT_BATCHES, 0);
            this.heldOut = TaskSource.heldOut(task, heldOutRows, HELD_OUT_BATCHES, 0);
        } catch (IllegalArgumentException e) {
            throw Require.refused("--length", length, e);
        }
    }

    @Override
    public Defaults defaults() {
        Defaults d = DEFAULTS;
        return new Defaults(d.hidden(), task.steps(), d.batch(), d.optimizer(), d.rate(), d.schedule(), d.epochs());
    }

    @Override
    public int inputSize() {
        return task.inputSize();
    }

    @Override
    public int outputSize() {
        return task.outputSize();
    }

    @Override
    public Loss loss() {
        return task.loss();
    }

    @Override
    public boolean hasOwnSequences() {
        return true;
    }

    @Override
    public CountedSource training(Settings s) {
        return TaskSource.training(task, s.batch(), BATCHES_PER_EPOCH, s.seed());
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of(TASK, name, LENGTH, Integer.toString(length));
    }

    @Override
    public Map<String, Object> description() {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("task", name);
        about.put("length", length);
        about.put("trivial_loss", task.trivialLoss());
        about.put("valid", heldOutRows * HELD_OUT_BATCHES);
        about.put("held_out", heldOutRows * HELD_OUT_BATCHES);
        return about;
    }

    @Override
    public List<Part> parts() {
        return List.of(Part.TEST);
    }

    @Override
    public Unit unit() {
        return new Unit(
                task.loss().kind() == Loss.Kind.MSE ? "mean squared error" : "cross-entropy", "loss", loss -> loss);
    }

    @Override
    public Map<String, Double> evaluate(Rnn rnn, Part part) {
        try (Evaluator evaluator = new Evaluator(rnn)) {
            double loss = evaluator
                    .evaluate(task.loss(), part == Part.VALID ? valid : heldOut)
                    .loss();
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("loss", loss);
            figures.put("trivial_loss", task.trivialLoss());
            return figures;
        }
    }

    @Override
    public Workload evaluation(RnnSpec net) {
        return Workload.evaluation(net, heldOutRows, task.steps());
    }

    @Override
    public String summary(Part part, Map<String, Double> figures) {
        return String.format(
                Locale.ROOT,
                "%d %s sequences: %s %.6f, without memory %.6f",
                heldOutRows * HELD_OUT_BATCHES,
                part == Part.VALID ? "validation" : "held-out",
                unit().name(),
                figures.get("loss"),
                task.trivialLoss());
    }

    @Override
    public void finish(Rnn rnn, Map<String, Double> figures, Settings settings, RunFolder folder, PrintWriter out) {
        // The figures say it all.
    }
}
