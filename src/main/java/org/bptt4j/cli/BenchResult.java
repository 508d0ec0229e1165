package org.bptt4j.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;

/**
 * What one configuration took.
 *
 * @param backend name of the backend
 * @param threads CPU threads
 * @param ms median of the repetitions, milliseconds
 * @param msMin the fastest, milliseconds
 * @param peakGflops the machine's measured multiply-add peak on as many threads, GFLOP/s
 */
record BenchResult(String backend, BenchConfig config, int threads, double ms, double msMin, double peakGflops) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Rate of the median, GFLOP/s. */
    double gflops() {
        return config.flop() / (ms * 1e6);
    }

    /** The head of the table whose rows are {@link #row}. */
    static String tableHead() {
        return String.format(
                "%-8s %-5s %5s %6s %6s %6s %6s %2s %10s %10s %9s %6s",
                (Object[]) "backend,cell,B,T,I,H,O,L,ms,ms min,GFLOP/s,peak".split(",", -1));
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "%-8s %-5s %5d %6d %6d %6d %6d %2d %10.3f %10.3f %9.1f %5.0f%%",
                backend,
                Names.of(config.net().cell()),
                config.rows(),
                config.steps(),
                config.net().inputSize(),
                config.net().hiddenSize(),
                config.net().outputSize(),
                config.net().layers(),
                ms,
                msMin,
                gflops(),
                100 * gflops() / peakGflops);
    }

    /** One JSON object on one line, without the line's end. */
    String json() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("backend", backend);
            json.writeStringField("cell", Names.of(config.net().cell()));
            json.writeNumberField("B", config.rows());
            json.writeNumberField("T", config.steps());
            json.writeNumberField("I", config.net().inputSize());
            json.writeNumberField("H", config.net().hiddenSize());
            json.writeNumberField("O", config.net().outputSize());
            json.writeNumberField("layers", config.net().layers());
            json.writeNumberField("threads", threads);
            json.writeNumberField("ms", ms);
            json.writeNumberField("ms_min", msMin);
            json.writeNumberField("gflops", gflops());
            json.writeNumberField("peak_gflops", peakGflops);
            json.writeEndObject();
        }
        return text.toString();
    }
}
