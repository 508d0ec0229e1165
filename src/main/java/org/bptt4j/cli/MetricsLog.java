package org.bptt4j.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.commons.math3.util.ResizableDoubleArray;
import org.bptt4j.StepReport;
import org.bptt4j.report.Charts;

/** metrics.jsonl, one event a line, each flushed so that a killed run keeps what it had; and the curves drawn of them. */
final class MetricsLog implements AutoCloseable {
    private final Path file;
    private final BufferedWriter writer;
    private final long started = System.nanoTime();
    private final ResizableDoubleArray trainSteps = new ResizableDoubleArray();
    private final ResizableDoubleArray trainLoss = new ResizableDoubleArray();
    private final ResizableDoubleArray norm = new ResizableDoubleArray();
    private final ResizableDoubleArray evalSteps = new ResizableDoubleArray();
    private final ResizableDoubleArray evalLoss = new ResizableDoubleArray();
    private double lossSum;
    private long lossCount;
    private long tokens;
    private long lastStep;
    private double lastSeconds;
    private double secondsBefore;

    private MetricsLog(Path file, StandardOpenOption how) throws IOException {
        this.file = file;
        try {
            this.writer = Files.newBufferedWriter(file, how, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw RunFolder.failed(file, e);
        }
    }

    /** The log of a new run. */
    static MetricsLog create(Path file) throws IOException {
        return new MetricsLog(file, StandardOpenOption.CREATE_NEW);
    }

    /** Goes on with the log of a run that has done {@code updates} updates; what is not of the past is cut off. */
    static MetricsLog resume(Path file, PastMetrics past, long updates) throws IOException {
        try {
            past.cut();
        } catch (IOException e) {
            throw RunFolder.failed(file, e);
        }
        MetricsLog log = new MetricsLog(file, StandardOpenOption.APPEND);
        past.events().forEach(log::remember);
        log.lastStep = updates;
        log.lastSeconds = log.seconds();
        return log;
    }

    private void remember(Map<String, Object> event) {
        double step = PastMetrics.number(event, "step");
        if ("train".equals(event.get("event"))) {
            trainSteps.addElement(step);
            trainLoss.addElement(PastMetrics.number(event, "loss"));
            norm.addElement(PastMetrics.number(event, "grad_norm"));
            secondsBefore = PastMetrics.number(event, "seconds");
        } else if ("eval".equals(event.get("event"))) {
            evalSteps.addElement(step);
            evalLoss.addElement(PastMetrics.number(event, "loss"));
        }
    }

    /** Seconds since the run was started, without those between its parts. */
    double seconds() {
        return secondsBefore + (System.nanoTime() - started) / 1e9;
    }

    /** Counts one batch of {@code batchTokens} time steps of its rows together. */
    void add(StepReport report, long batchTokens) {
        lossSum += report.loss();
        lossCount++;
        tokens += batchTokens;
    }

    /** Mean loss since the last line. */
    double meanLoss() {
        return lossSum / (double) lossCount;
    }

    /** Writes a train line about all batches since the last. */
    void train(StepReport report) throws IOException {
        double seconds = seconds();
        double interval = seconds - lastSeconds;
        Map<String, Object> line = event("train", report.updates());
        line.put("loss", meanLoss());
        line.put("grad_norm", report.gradientNorm());
        line.put("clipped", report.clipped());
        line.put("lr", report.learningRate());
        line.put("seconds", seconds);
        line.put("steps_per_second", (double) (report.updates() - lastStep) / interval);
        line.put("tokens_per_second", (double) tokens / interval);
        write(line);
        trainSteps.addElement((double) report.updates());
        trainLoss.addElement(meanLoss());
        norm.addElement(report.gradientNorm());
        lossSum = 0;
        lossCount = 0;
        tokens = 0;
        lastStep = report.updates();
        lastSeconds = seconds;
    }

    /** Writes a validation's line. */
    void valid(long step, Map<String, Double> figures) throws IOException {
        Map<String, Object> line = event("eval", step);
        line.put("part", "valid");
        line.putAll(figures);
        write(line);
        evalSteps.addElement((double) step);
        evalLoss.addElement(figures.get("loss"));
        lastSeconds = seconds(); // an evaluation's time is not the training's
    }

    /** Updates at the last validation; -1 if there was none. */
    long lastValidation() {
        int n = evalSteps.getNumElements();
        return n == 0 ? -1 : (long) evalSteps.getElement(n - 1);
    }

    /**
     * Writes the last eval line, of the test part, and the line of the run's end.
     *
     * @param step updates of the whole run
     * @param kept updates of the model that is kept, whose figures these are
     */
    void end(long step, long kept, Map<String, Double> figures) throws IOException {
        Map<String, Object> test = event("eval", step);
        test.put("part", "test");
        test.put("kept_step", kept);
        test.putAll(figures);
        write(test);
        Map<String, Object> line = event("end", step);
        line.put("kept_step", kept);
        line.put("seconds", seconds());
        line.putAll(figures);
        write(line);
        if (!Files.exists(file)) {
            throw new IOException(
                    file + ": was removed while the run wrote to it: its metrics are lost, the model is not");
        }
    }

    private static Map<String, Object> event(String name, long step) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", name);
        line.put("step", step);
        return line;
    }

    private void write(Map<String, ?> line) throws IOException {
        try {
            writer.write(Json.line(line));
            writer.write('\n');
            writer.flush();
        } catch (IOException e) {
            throw RunFolder.failed(file, e);
        }
    }

    /** Draws loss.png and gradients.png. */
    void draw(RunFolder folder, TrainingData.Unit unit, OptionalDouble clipAt) throws IOException {
        folder.chart(
                "loss.png",
                png -> Charts.lossCurve(
                        png,
                        trainSteps.getElements(),
                        Arrays.stream(trainLoss.getElements()).map(unit.of()).toArray(),
                        evalSteps.getElements(),
                        Arrays.stream(evalLoss.getElements()).map(unit.of()).toArray(),
                        unit.name()));
        folder.chart(
                "gradients.png", png -> Charts.gradientNorm(png, trainSteps.getElements(), norm.getElements(), clipAt));
    }

    @Override
    public void close() throws IOException {
        try {
            writer.close();
        } catch (IOException e) {
            throw RunFolder.failed(file, e);
        }
    }
}
