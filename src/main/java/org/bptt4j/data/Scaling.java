package org.bptt4j.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.bptt4j.spec.Require;

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
    /** The largest scaled value: a float holds its square. */
    private static final double LARGEST = 1e18;

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

    /**
     * The scaling by the first {@code rows} rows of {@code series}. A constant column keeps its unit.
     *
     * @throws IllegalArgumentException naming the column whose values are so far apart, or so near to each other, that a double
     *     does not hold their deviation
     */
    public static Scaling fit(Series series, long rows) {
        long there = Require.given(series, "series").rows();
        if (rows < 1 || rows > there) {
            throw new IllegalArgumentException(
                    "a scaling by " + rows + " rows of a series of " + there + ": must be 1 … " + there);
        }
        List<Double> mean = new ArrayList<>();
        List<Double> deviation = new ArrayList<>();
        for (int c = 0; c < series.columns().size(); c++) {
            Moments moments = Moments.of(series, c, rows);
            mean.add(moments.mean());
            deviation.add(moments.deviation());
        }
        return new Scaling(series.columns(), series.target(), mean, deviation);
    }

    /** The scaled value of column {@code c}. */
    public float apply(double value, int c) {
        return (float) ((value - mean.get(c)) / deviation.get(c));
    }

    /**
     * Throws an {@link IllegalArgumentException} that names the column, the row (from 1) and the value if one lies so far from the
     * mean that no network can be fed with it, or so far from the others that no error can be measured.
     */
    public void requireInRange(Series series) {
        for (int c = 0; c < columns.size(); c++) {
            double least = series.value(0, c);
            double most = least;
            for (long t = 0; t < series.rows(); t++) {
                double value = series.value(t, c);
                least = Math.min(least, value);
                most = Math.max(most, value);
                boolean measurable = most - least < Double.POSITIVE_INFINITY;
                if (!(Math.abs((value - mean.get(c)) / deviation.get(c)) <= LARGEST) || !measurable) {
                    throw new IllegalArgumentException("column '" + columns.get(c) + "', row " + (t + 1) + ": " + value
                            + " is too far from the training rows' mean, " + mean.get(c) + ", for their deviation, "
                            + deviation.get(c) + "; correct the value or leave the row out");
                }
            }
        }
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
            String reason = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw new IllegalArgumentException("not a scaling: " + reason, e);
        }
    }
}
