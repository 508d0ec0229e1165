package org.bptt4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListResourceBundle;
import java.util.Map;
import java.util.function.Function;

/** Words for the help that come from elsewhere in the program: the defaults that depend on the data, as {@code ${bundle:default.hidden}}. */
final class HelpTexts extends ListResourceBundle {
    @Override
    protected Object[][] getContents() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("default.hidden", ofEach(Defaults::hidden));
        texts.put(
                "default.unroll",
                "text " + TextData.DEFAULTS.unroll() + ", table " + SeriesData.DEFAULTS.unroll()
                        + " or a quarter of its training rows, task: its length");
        texts.put("default.batch", ofEach(Defaults::batch));
        texts.put("default.optimizer", ofEach(Defaults::optimizer));
        texts.put("default.lr", ofEach(Defaults::rate));
        texts.put("default.lr-schedule", ofEach(Defaults::schedule));
        texts.put("default.epochs", ofEach(Defaults::epochs));
        return texts.entrySet().stream()
                .map(e -> new Object[] {e.getKey(), e.getValue()})
                .toArray(Object[][]::new);
    }

    /** "text 256, table 64, task 100", or the one value that all have. */
    private static String ofEach(Function<Defaults, Object> value) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("text", value.apply(TextData.DEFAULTS));
        values.put("table", value.apply(SeriesData.DEFAULTS));
        values.put("task", value.apply(TaskData.DEFAULTS));
        if (values.values().stream().distinct().count() == 1) {
            return values.get("text").toString();
        }
        List<String> words = new ArrayList<>();
        values.forEach((data, one) -> words.add(data + " " + one));
        return String.join(", ", words);
    }
}
