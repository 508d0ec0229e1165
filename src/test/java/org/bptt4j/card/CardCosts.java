package org.bptt4j.card;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.bptt4j.backend.Backend;

/** The file of constants that {@code auto} would take from a run on a card, in place of the one that comes with the library. */
public final class CardCosts {
    private static final String BUILT_IN = "costs.properties";
    /** Of a card that was measured; that of one on paper is larger. */
    private static final double MARGIN = 1.2;

    private final List<Map<String, Object>> lines;

    private CardCosts(List<Map<String, Object>> lines) {
        this.lines = lines;
    }

    /** CardCosts RESULTS DATE: the file on standard output, or why there is none. */
    public static void main(String[] arguments) throws IOException {
        print(JsonLines.read(Path.of(arguments[0])), arguments[1], System.out);
    }

    static void print(List<Map<String, Object>> lines, String date, PrintStream out) throws IOException {
        try (InputStream stream = Backend.class.getResourceAsStream(BUILT_IN)) {
            if (stream == null) {
                throw new IllegalStateException(BUILT_IN + " is missing beside " + Backend.class.getName());
            }
            List<String> builtIn = new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            text(builtIn, lines, date).forEach(out::println);
        }
    }

    /** The lines of the file; what was not measured is as it was. */
    static List<String> text(List<String> builtIn, List<Map<String, Object>> results, String date) {
        CardCosts costs = new CardCosts(results);
        Map<String, Object> card = costs.line("card");
        Map<String, Double> sweeps = costs.sweeps();
        if (card.isEmpty() || sweeps.isEmpty()) {
            return List.of("# No times of a card, no constants.");
        }
        Map<String, String> measured = costs.measured(card, date);
        List<String> text = new ArrayList<>(List.of("# In place of src/main/resources/org/bptt4j/backend/" + BUILT_IN));
        for (String line : builtIn) {
            int equals = line.indexOf('=');
            if (equals < 0 || line.startsWith("#")) {
                continue;
            }
            String key = line.substring(0, equals).strip();
            if (!key.startsWith("card.") && !key.startsWith("sweep.")) {
                text.add(key + " = "
                        + measured.getOrDefault(key, line.substring(equals + 1).strip()));
            }
        }
        text.add("card.name = " + card.get("name"));
        text.add("card.multiprocessors = " + number(number(card, "multiprocessors")));
        text.add("card.lanes = " + number(number(card, "lanes")));
        text.add("card.clock.mhz = " + number(number(card, "clock_mhz")));
        text.add("card.l2.mib = " + number(number(card, "l2_mib")));
        text.add("card.memory.gbs = " + number(number(card, "memory_gbs")));
        sweeps.forEach((key, micros) -> text.add(key + " = " + number(micros)));
        return text;
    }

    /** Those keys that every file has. */
    private Map<String, String> measured(Map<String, Object> card, String date) {
        double rate = 2e-3 * number(card, "multiprocessors") * number(card, "lanes") * number(card, "clock_mhz");
        Map<String, String> measured = new LinkedHashMap<>();
        measured.put(
                "source",
                "measured on " + card.get("name") + ", driver " + card.get("driver") + ", " + date
                        + ", benchmarks/gpu.sh");
        measured.put("margin", number(MARGIN));
        put(measured, "cuda.call.micros", probe("launches in a stream us_each"));
        // There and back are two steps.
        put(measured, "cuda.step.micros", probe("steps of a sweep, there and back: graph, H 32 us_each") / 2);
        put(measured, "cuda.product.share", peak() / rate);
        put(measured, "cuda.upload.gbs", number(line("upload"), "upload_gb_per_s"));
        put(measured, "cuda.wait.micros", probe("a launch and a wait for it us_each"));
        return measured;
    }

    private static void put(Map<String, String> to, String key, double value) {
        if (value > 0 && Double.isFinite(value)) {
            to.put(key, number(value));
        }
    }

    /**
     * µs of a step by sweep.FORM.CELL.B.H, the mean of forward and backward. The form persistent is in one block where that is offered, as the backend takes it;
     * of rows that differ in T only, the longest.
     */
    private Map<String, Double> sweeps() {
        Map<String, Double> micros = new TreeMap<>();
        Map<String, Double> steps = new LinkedHashMap<>();
        for (String form : List.of("steps", "graph", "sliced", "single")) {
            String name = form.startsWith("s") && !form.equals("steps") ? "persistent" : form;
            for (Map<String, Object> line : lines) {
                if (!"layer".equals(line.get("kind"))
                        || !form.equals(line.get("form"))
                        || !"float32".equals(line.get("precision"))
                        || !line.containsKey("forward_ms")) {
                    continue;
                }
                double t = number(line, "T");
                String key = String.format(
                        Locale.ROOT,
                        "sweep.%s.%s.%.0f.%.0f",
                        name,
                        line.get("cell"),
                        number(line, "B"),
                        number(line, "H"));
                if (t >= steps.getOrDefault(key, 0.0)) {
                    steps.put(key, t);
                    micros.put(key, 1e3 * (number(line, "forward_ms") + number(line, "backward_ms")) / (2 * t));
                }
            }
        }
        return micros;
    }

    private double peak() {
        return lines.stream()
                .filter(line -> "peak".equals(line.get("kind")) && "float32".equals(line.get("precision")))
                .mapToDouble(line -> number(line, "gflops"))
                .findFirst()
                .orElse(Double.NaN);
    }

    private double probe(String name) {
        return lines.stream()
                .filter(line -> "probe".equals(line.get("kind")) && line.containsKey(name))
                .mapToDouble(line -> number(line, name))
                .findFirst()
                .orElse(Double.NaN);
    }

    private Map<String, Object> line(String kind) {
        return lines.stream()
                .filter(line -> kind.equals(line.get("kind")) && "ok".equals(line.get("state")))
                .findFirst()
                .orElse(Map.of());
    }

    private static double number(Map<String, Object> line, String name) {
        return line.get(name) instanceof Number n ? n.doubleValue() : Double.NaN;
    }

    /** Four digits are more than a measurement has. */
    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : new BigDecimal(value)
                        .round(new MathContext(4))
                        .stripTrailingZeros()
                        .toPlainString();
    }
}
