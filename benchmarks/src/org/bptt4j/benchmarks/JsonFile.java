package org.bptt4j.benchmarks;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bptt4j.io.AtomicFiles;

/** A report with every round's figure, as JSON. */
final class JsonFile {
    private JsonFile() {}

    static void write(Path file, Report report) throws IOException {
        AtomicFiles.write(file, stream -> {
            try (JsonGenerator json = new JsonFactory().createGenerator(stream, JsonEncoding.UTF8)) {
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                json.useDefaultPrettyPrinter();
                write(json, report);
            }
        });
    }

    private static void write(JsonGenerator json, Report report) throws IOException {
        json.writeStartObject();
        json.writeStringField("family", report.family().toString());
        json.writeStringField("config_format", report.family().format());
        json.writeArrayFieldStart("machine");
        for (String line : report.machine()) {
            json.writeString(line);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("limits");
        for (Limits limits : report.limits()) {
            json.writeStartObject();
            json.writeNumberField("threads", limits.threads());
            json.writeNumberField("peak_gflops", limits.peak());
            json.writeNumberField("level2_gb_per_s", limits.level2());
            json.writeNumberField("memory_gb_per_s", limits.memory());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("rows");
        for (Row row : report.rows()) {
            write(json, report, row);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Report report, Row row) throws IOException {
        json.writeStartObject();
        json.writeStringField("config", row.config());
        if (!report.kind(row).isEmpty()) {
            json.writeStringField("cell", report.kind(row));
        }
        json.writeStringField("contender", row.contender());
        json.writeNumberField("threads", row.threads());
        json.writeNumberField("flop", row.flop());
        json.writeNumberField("ms", row.median());
        json.writeFieldName("ms_rounds");
        json.writeArray(row.ms(), 0, row.ms().length);
        json.writeNumberField("gflops", row.gflops());
        json.writeNumberField("share_of_peak", report.share(row));
        if (Double.isFinite(report.ratio(row))) {
            json.writeNumberField("ratio", report.ratio(row));
        }
        for (Map.Entry<String, Double> figure : row.figures().entrySet()) {
            json.writeNumberField(figure.getKey(), figure.getValue());
        }
        json.writeEndObject();
    }
}
