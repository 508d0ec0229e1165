package org.bptt4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bptt4j.io.AtomicFiles;

/** The metrics of a run that goes on: those up to the state that was saved. */
final class PastMetrics {
    private PastMetrics() {}

    /**
     * Cuts from {@code file} what came after {@code updates} updates and the line that says the run had ended; returns the events that
     * stay.
     */
    static List<Map<String, Object>> cut(Path file, long updates) throws IOException {
        List<Map<String, Object>> kept = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                Map<String, Object> event = event(line);
                if (event.get("step") instanceof Long step && step <= updates && !"end".equals(event.get("event"))) {
                    kept.add(event);
                    text.append(line).append('\n');
                }
            }
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(file, out -> out.write(bytes));
        return kept;
    }

    /** The event of a line; nothing for the half of one that a killed run leaves. */
    private static Map<String, Object> event(String line) {
        try {
            return Json.read(line);
        } catch (IOException e) {
            return Map.of();
        }
    }

    /** A number of an event; NaN if it has none, or one that was not finite. */
    static double number(Map<String, Object> event, String key) {
        return event.get(key) instanceof Number n ? n.doubleValue() : Double.NaN;
    }
}
