package org.bptt4j.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import org.bptt4j.backend.Counts;

/** Results of the benchmark as one JSON object a line; docs/benchmarks.md says what is in them. */
final class BenchJson {
    private static final JsonFactory JSON = new JsonFactory();

    private BenchJson() {}

    /** The object of one result, without the line's end. */
    static String line(BenchResult r) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            sizes(json, r);
            if (r.place().isDevice()) {
                json.writeStringField("sweep", Names.of(r.place().sweep()));
                json.writeBooleanField("simulated", !r.place().isTimed());
            }
            if (r.refusal() != null) {
                json.writeStringField("refused", r.refusal());
            }
            if (r.times() != null) {
                json.writeNumberField("ms", r.times().ms());
                json.writeNumberField("ms_min", r.times().msMin());
                json.writeNumberField("gflops", r.gflops());
                json.writeNumberField("peak_gflops", r.place().peak());
            }
            if (r.counts() != null) {
                counts(json, r.counts());
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void sizes(JsonGenerator json, BenchResult r) throws IOException {
        BenchConfig c = r.config();
        json.writeStringField("backend", r.place().name());
        json.writeStringField("cell", c.net().cell().name());
        json.writeNumberField("B", c.rows());
        json.writeNumberField("T", c.steps());
        json.writeNumberField("I", c.net().inputSize());
        json.writeNumberField("H", c.net().hiddenSize());
        json.writeNumberField("O", c.net().outputSize());
        json.writeNumberField("layers", c.net().layers());
        json.writeNumberField("threads", r.place().threads());
    }

    private static void counts(JsonGenerator json, Counts c) throws IOException {
        json.writeNumberField("launches", c.launches());
        json.writeNumberField("graph_launches", c.graphLaunches());
        json.writeNumberField("product_calls", c.productCalls());
        json.writeNumberField("kernels", c.kernels());
        json.writeNumberField("products", c.products());
        json.writeNumberField("sweep_products", c.sweepProducts());
        json.writeNumberField("bytes_up", c.uploadedBytes());
        json.writeNumberField("bytes_down", c.downloadedBytes());
        json.writeNumberField("waits", c.waits());
    }
}
