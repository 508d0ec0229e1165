package org.bptt4j.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Standardisation of a table's columns, z = (x − mean)/deviation, with the figures of the training rows only: what is held
 * out must not be looked at, not even through its mean.
 *
 * @param columns the columns' names
 * @param target index of the column to forecast
 * @param mean of each column
 * @param deviation standard deviation of each column; 1 for a constant one
 */
public record Scaling(List<String> columns, int target, List<Double> mean, List<Double> deviation) {
    private static final JsonFactory JSON = new JsonFactory();

    public Scaling {
        columns = List.copyOf(columns);
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        int count = columns.size();
        if (mean.size() != count || deviation.size() != count || target < 0 || target >= count) {
            throw new IllegalArgumentException("a scaling of " + count + " columns with " + mean.size() + " means, "
                    + deviation.size() + " deviations and target column " + target);
        }
    }

    /** The scaling by the first {@code rows} rows of {@code series}; refuses columns whose mean or deviation overflows. */
    public static Scaling fit(Series series, long rows) {
        List<Double> mean = new ArrayList<>();
        List<Double> deviation = new ArrayList<>();
        for (int c = 0; c < series.columns().size(); c++) {
            double average = mean(series, c, rows);
            double sd = deviation(series, c, rows, average);
            // Also where only the sum of squares overflows: nothing scaled by that deviation makes sense.
            if (!Double.isFinite(average) || !Double.isFinite(sd)) {
                throw new IllegalArgumentException("column '" + series.columns().get(c)
                        + "': its values are too large to take their mean and deviation");
            }
            mean.add(average);
            deviation.add(sd > 0 ? sd : 1);
        }
        return new Scaling(series.columns(), series.target(), mean, deviation);
    }

    /** In two passes, the second of which takes the rounding error of the first away. */
    private static double mean(Series series, int c, long rows) {
        double sum = 0;
        for (long t = 0; t < rows; t++) {
            sum += series.value(t, c);
        }
        double rough = sum / rows;
        double correction = 0;
        for (long t = 0; t < rows; t++) {
            correction += series.value(t, c) - rough;
        }
        return rough + correction / rows;
    }

    /** √((Σd² − (Σd)²/n)/n), d = x − mean: the corrected two-pass algorithm (Chan, Golub and LeVeque 1983). */
    private static double deviation(Series series, int c, long rows, double mean) {
        double squares = 0;
        double sum = 0;
        for (long t = 0; t < rows; t++) {
            double d = series.value(t, c) - mean;
            squares += d * d;
            sum += d;
        }
        return Math.sqrt((squares - sum * sum / rows) / rows);
    }

    /** The scaled value of column {@code c}. */
    public float apply(double value, int c) {
        return (float) ((value - mean.get(c)) / deviation.get(c));
    }

    /** Throws an {@link IllegalArgumentException} if {@code series} has other columns than these. */
    public void requireColumns(Series series) {
        if (!series.columns().equals(columns)) {
            throw new IllegalArgumentException(
                    "a table of columns " + series.columns() + " for a scaling of columns " + columns);
        }
    }

    /** Standard deviation of the column to forecast: a scaled error times this is in the column's unit. */
    public double targetDeviation() {
        return deviation.get(target);
    }

    /** As one line of JSON: {@code {"columns":[…],"target":"…","mean":[…],"deviation":[…]}}. */
    public String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeFieldName("columns");
            json.writeArray(columns.toArray(String[]::new), 0, columns.size());
            json.writeStringField("target", columns.get(target));
            json.writeFieldName("mean");
            json.writeArray(toArray(mean), 0, mean.size());
            json.writeFieldName("deviation");
            json.writeArray(toArray(deviation), 0, deviation.size());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string takes everything
        }
        return text.toString();
    }

    private static double[] toArray(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** The scaling of {@link #toJson}'s text; an {@link IllegalArgumentException} if it is anything else. */
    public static Scaling fromJson(String text) {
        List<String> columns = new ArrayList<>();
        List<String> target = new ArrayList<>();
        List<Double> mean = new ArrayList<>();
        List<Double> deviation = new ArrayList<>();
        try (JsonParser json = JSON.createParser(text)) {
            String field = null;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    field = json.currentName();
                } else if (token == JsonToken.VALUE_STRING) {
                    ("target".equals(field) ? target : columns).add(json.getText());
                } else if (token.isNumeric()) {
                    ("mean".equals(field) ? mean : deviation).add(json.getDoubleValue());
                }
            }
            return new Scaling(columns, target.isEmpty() ? -1 : columns.indexOf(target.get(0)), mean, deviation);
        } catch (IOException e) {
            throw new IllegalArgumentException("not a scaling: " + e.getMessage(), e);
        }
    }
}
