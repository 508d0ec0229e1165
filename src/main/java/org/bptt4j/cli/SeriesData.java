package org.bptt4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.bptt4j.Rnn;
import org.bptt4j.RnnSession;
import org.bptt4j.data.CountedSource;
import org.bptt4j.data.RootMeanSquare;
import org.bptt4j.data.Scaling;
import org.bptt4j.data.Series;
import org.bptt4j.data.SeriesSource;
import org.bptt4j.report.Charts;
import org.bptt4j.spec.Loss;

/** A table whose next row's value is forecast. The last fifth of the rows is held out. */
final class SeriesData implements TrainingData {
    /** Key of the scaling in a model file. */
    static final String SCALING = "scaling";
    /** Key in a model file that says that it was trained on the series that comes with the program. */
    static final String BUNDLED_SERIES = "bundled_series";

    /**
     * Monthly mean relative sunspot numbers, January 1749 to September 2013: R's {@code sunspot.month}, from WDC-SILSO, Royal
     * Observatory of Belgium, Brussels.
     */
    private static final String BUNDLED = "sunspot_month.csv";

    private static final double BUNDLED_FIRST_YEAR = 1749;
    private static final int MONTHS = 12;

    private static final Defaults DEFAULTS = new Defaults(64, 120, 16, "adamw", 0.005, "cosine", 60);
    private static final int STRIDES_PER_WINDOW = 4;
    private static final int HELD_OUT_PART = 5;
    private static final int LEAST_ROWS = 20;
    private static final int CHUNK = 1000;
    /** The last so many held-out rows are drawn. */
    private static final int MOST_CHARTED = 100_000;

    private final String name;
    /** Whether it is the series that comes with the program, which its name does not tell. */
    private final boolean bundled;

    private final Series series;
    private final Scaling scaling;
    private final long trainingRows;

    private SeriesData(String name, boolean bundled, Series series, Scaling scaling) {
        this.name = name;
        this.bundled = bundled;
        this.series = series;
        this.trainingRows = series.rows() - series.rows() / HELD_OUT_PART;
        this.scaling = scaling == null ? fit() : scaling;
        this.scaling.requireColumns(series);
        try {
            this.scaling.requireInRange(series);
        } catch (IllegalArgumentException e) {
            throw new UsageException(name + ": " + Printable.whole(e.getMessage()), e);
        }
    }

    private Scaling fit() {
        try {
            return Scaling.fit(series, trainingRows);
        } catch (IllegalArgumentException e) {
            throw new UsageException(name + ": " + Printable.whole(e.getMessage()), e);
        }
    }

    /** A table of the user's; columns and target may be null for all and the last. */
    static SeriesData read(Path file, List<String> columns, String target, Consumer<String> warnings) {
        Series series = CsvFile.read(file, warnings).series(columns, target, LEAST_ROWS);
        return new SeriesData(Printable.whole(file.toString()), false, series, null);
    }

    /** A table for a model, with its columns and its scaling. */
    static SeriesData read(Path file, Scaling scaling, Consumer<String> warnings) {
        Series series = series(CsvFile.read(file, warnings), scaling);
        return new SeriesData(Printable.whole(file.toString()), false, series, scaling);
    }

    /** The series that comes with the program. */
    static SeriesData bundled() {
        return new SeriesData(BUNDLED, true, bundledFile().series(List.of("sunspots"), null, LEAST_ROWS), null);
    }

    /** The same for a model. */
    static SeriesData bundled(Scaling scaling) {
        return new SeriesData(BUNDLED, true, series(bundledFile(), scaling), scaling);
    }

    private static Series series(CsvFile file, Scaling scaling) {
        String target = scaling.columns().get(scaling.target());
        return file.series(scaling.columns(), target, LEAST_ROWS);
    }

    private static CsvFile bundledFile() {
        try (InputStream in = SeriesData.class.getResourceAsStream(BUNDLED)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return CsvFile.of(BUNDLED, text, warning -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A short table gets a shorter unroll, so that several windows fit into its training rows. */
    @Override
    public Defaults defaults() {
        Defaults d = DEFAULTS;
        int unroll = (int) Math.min(d.unroll(), trainingRows / STRIDES_PER_WINDOW);
        return new Defaults(d.hidden(), unroll, d.batch(), d.optimizer(), d.rate(), d.schedule(), d.epochs());
    }

    @Override
    public int inputSize() {
        return series.columns().size();
    }

    @Override
    public int outputSize() {
        return 1;
    }

    @Override
    public Loss loss() {
        return Loss.mse();
    }

    @Override
    public CountedSource training(Settings s) {
        if (trainingRows <= s.unroll()) {
            throw new UsageException(name + ": has " + trainingRows + " rows to train on (the last fifth is held out),"
                    + " at least " + (s.unroll() + 1) + " are needed for --unroll " + s.unroll());
        }
        return new SeriesSource(
                series,
                scaling,
                trainingRows,
                s.batch(),
                s.unroll(),
                Math.max(1, s.unroll() / STRIDES_PER_WINDOW),
                s.loss().at(),
                s.seed());
    }

    @Override
    public Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>(); // of one order, for files of the same bytes
        metadata.put(SCALING, scaling.toJson());
        if (bundled) {
            metadata.put(BUNDLED_SERIES, BUNDLED);
        }
        return metadata;
    }

    @Override
    public Map<String, Object> description() {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put(bundled ? "bundled" : "csv", name);
        about.put("columns", series.columns());
        about.put("target", series.targetName());
        about.put("rows", series.rows());
        about.put("held_out", series.rows() - trainingRows);
        return about;
    }

    @Override
    public List<Part> parts() {
        return List.of(Part.HELD_OUT, Part.ALL);
    }

    @Override
    public Map<String, Double> evaluate(Rnn rnn, Part part) {
        long from = firstRow(part);
        RootMeanSquare error = new RootMeanSquare();
        forecast(rnn, (row, forecast) -> {
            if (row >= from) {
                error.add(forecast - series.truth(row));
            }
        });
        double rmse = error.value();
        double scaledError = rmse / scaling.targetDeviation();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("loss", scaledError * scaledError);
        figures.put("rmse", rmse);
        figures.put("persistence_rmse", series.persistenceError(from, series.rows()));
        return figures;
    }

    private long firstRow(Part part) {
        return part == Part.HELD_OUT ? trainingRows : 1;
    }

    /** Told each row's forecast. */
    private interface Forecasts {
        void at(long row, double forecast);
    }

    /** Each row's forecast from all rows before it, one sequence from the first row on; the first row has none. */
    private void forecast(Rnn rnn, Forecasts to) {
        try (RnnSession session = new RnnSession(rnn, 1)) {
            for (long t = 0; t < series.rows() - 1; t += CHUNK) {
                float[] change = session.feed(scaled(t, (int) Math.min(CHUNK, series.rows() - 1 - t)));
                for (int i = 0; i < change.length; i++) {
                    to.at(t + i + 1, series.truth(t + i) + change[i] * scaling.targetDeviation());
                }
            }
        }
    }

    private float[] scaled(long from, int rows) {
        float[] scaled = new float[rows * inputSize()];
        for (int i = 0; i < scaled.length; i++) {
            int c = i % inputSize();
            scaled[i] = scaling.apply(series.value(from + i / inputSize(), c), c);
        }
        return scaled;
    }

    @Override
    public String summary(Part part, Map<String, Double> figures) {
        String where = part == Part.HELD_OUT ? "held-out fifth" : "all rows";
        double rmse = figures.get("rmse");
        double persistence = figures.get("persistence_rmse");
        return String.format(
                Locale.ROOT,
                "%s (%d rows): RMSE of '%s' %.4g, persistence forecast %.4g%s",
                where,
                series.rows() - firstRow(part),
                Printable.of(series.targetName()),
                rmse,
                persistence,
                persistence > 0 ? String.format(Locale.ROOT, " (%+.1f %%)", 100 * (rmse / persistence - 1)) : "");
    }

    @Override
    public void finish(Rnn rnn, Settings settings, RunFolder folder, PrintWriter out) throws IOException {
        int shown = (int) Math.min(MOST_CHARTED, series.rows() - trainingRows);
        long first = series.rows() - shown;
        double[] x = new double[shown];
        double[] truth = new double[shown];
        double[] forecast = new double[shown];
        Arrays.setAll(x, i -> bundled ? BUNDLED_FIRST_YEAR + (double) (first + i) / MONTHS : first + i + 1);
        Arrays.setAll(truth, i -> series.truth(first + i));
        forecast(rnn, (row, value) -> {
            if (row >= first) {
                forecast[(int) (row - first)] = value;
            }
        });
        folder.chart(
                "forecast.png",
                path -> Charts.forecast(
                        path,
                        "Forecast of the next row",
                        x,
                        truth,
                        forecast,
                        bundled ? "year" : "row",
                        series.targetName()));
    }
}
