package org.bptt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Workload;
import org.bptt4j.data.CountedSource;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;

/** One kind of data: how a network is trained on it and held against it, and what a run leaves behind. */
interface TrainingData {
    /** A part of the data that can be evaluated. */
    enum Part {
        /** The end of what remains beside the test part: it chooses the model that is kept. Not trained on. */
        VALID,
        /** What neither training nor the choice of a model sees: the end of a text or table, or a task's other sequences. */
        TEST,
        ALL
    }

    /**
     * What people call a loss of these data, such as bits per character.
     *
     * @param name in full, with the unit
     * @param key of the figure of an evaluation that is in this unit, and its short name
     * @param of the figure of a mean loss
     */
    record Unit(String name, String key, DoubleUnaryOperator of) {}

    /** Settings that do well where the user says nothing. */
    Defaults defaults();

    int inputSize();

    int outputSize();

    /** The data's own loss. */
    Loss loss();

    /** Whether the data is sequences of a given length with targets at given steps, which are then no options. */
    default boolean hasOwnSequences() {
        return false;
    }

    /**
     * Refuses both directions where what comes next in a sequence is to be forecast.
     *
     * @param what asks for them, for the message
     */
    default void requireWholeSequences(String what) {
        if (!hasOwnSequences()) {
            throw new UsageException(
                    what + ": a reverse direction would read what is to be forecast from these data, and needs"
                            + " each sequence as a whole; both directions are for --task");
        }
    }

    /** Batches to train on. */
    CountedSource training(Settings settings);

    /** What the model file must know to be used on other data of this kind. */
    Map<String, String> metadata();

    /** What the data is, for run.json. */
    Map<String, Object> description();

    /** The parts of which a trained network's figures are worth knowing. */
    List<Part> parts();

    /** The unit in which the losses of training are shown beside the figures of evaluations. */
    Unit unit();

    /** Figures of a part, {@code loss} first. */
    Map<String, Double> evaluate(Rnn rnn, Part part);

    /** What {@link #evaluate} asks of a backend, in batches of this size. */
    Workload evaluation(RnnSpec net);

    /** One line that says what the figures are. */
    String summary(Part part, Map<String, Double> figures);

    /**
     * Writes what this kind leaves in the folder of a finished run (a chart, a sample) and prints what is worth seeing.
     *
     * @param figures of the test part
     */
    void finish(Rnn rnn, Map<String, Double> figures, Settings settings, RunFolder folder, PrintWriter out)
            throws IOException;
}
