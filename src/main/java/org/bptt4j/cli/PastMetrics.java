package org.bptt4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bptt4j.io.AtomicFiles;

/** The metrics of a run that goes on: those up to the state that was saved, without what came after and the run's end. */
final class PastMetrics {
    private final Path file;
    private final List<Map<String, Object>> events = new ArrayList<>();
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    private PastMetrics(Path file) {
        this.file = file;
    }

    /**
     * Reads what stays after {@code updates} updates; nothing is written. A file that is missing has no events. The half of a line
     * that a killed run leaves at the end is passed over; any other line that is no event is a {@link UsageException}.
     */
    static PastMetrics read(Path file, long updates) throws IOException {
        PastMetrics past = new PastMetrics(file);
        byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        int from = 0;
        int number = 1;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                past.add(number++, Arrays.copyOfRange(bytes, from, i), updates);
                from = i + 1;
            }
        }
        return past;
    }

    private void add(int number, byte[] line, long updates) {
        Map<String, Object> event = event(number, line);
        if ((Long) event.get("step") <= updates && !isOfTheEnd(event)) {
            events.add(event);
            lines.writeBytes(line);
            lines.write('\n');
        }
    }

    /** The run's last line, and the figures of the test part before it: they come again. */
    private static boolean isOfTheEnd(Map<String, Object> event) {
        return "end".equals(event.get("event")) || "test".equals(event.get("part"));
    }

    private Map<String, Object> event(int number, byte[] line) {
        try {
            Map<String, Object> event = Json.read(line);
            if (event.get("event") instanceof String && event.get("step") instanceof Long) {
                return event;
            }
            throw broken(number, "it has no event and step", null);
        } catch (JsonProcessingException e) {
            throw broken(number, Json.reason(e), e);
        }
    }

    private UsageException broken(int number, String why, Exception cause) {
        return new UsageException(
                file + ": line " + number + " is no line of metrics: " + why
                        + "; put a sound copy of the file in its place, or move it away: the run then goes on with new ones",
                cause);
    }

    List<Map<String, Object>> events() {
        return events;
    }

    /** Cuts the file to what stays. */
    void cut() throws IOException {
        AtomicFiles.write(file, lines::writeTo);
    }

    /** A number of an event; NaN if it has none, or one that was not finite. */
    static double number(Map<String, Object> event, String key) {
        return event.get(key) instanceof Number n ? n.doubleValue() : Double.NaN;
    }
}
