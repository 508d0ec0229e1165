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
import org.bptt4j.backend.Workload;
import org.bptt4j.data.CountedSource;
import org.bptt4j.data.RootMeanSquare;
import org.bptt4j.data.Scaling;
import org.bptt4j.data.Season;
import org.bptt4j.data.Series;
import org.bptt4j.data.SeriesSource;
import org.bptt4j.report.Charts;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.RnnSpec;

/**
 * A table whose next row's value is forecast. The last fifth of the rows is held out; a tenth of those before, their end,
 * validates.
 */
final class SeriesData implements TrainingData {
    /** Key of the scaling in a model file. */
    static final String SCALING = "scaling";

    /** Key of the season in a model file; missing where none is seen. */
    private static final String SEASON = "season";
    /** Key in a model file that says that it was trained on the series that comes with the program. */
    static final String BUNDLED_SERIES = "bundled_series";

    /**
     * Monthly mean relative sunspot numbers, January 1749 to September 2013: R's {@code sunspot.month}, from WDC-SILSO, Royal
     * Observatory of Belgium, Brussels.
     */
    private static final String BUNDLED = "sunspot_month.csv";

    private static final double BUNDLED_FIRST_YEAR = 1749;
    private static final int MONTHS = 12;

    static final Defaults DEFAULTS = new Defaults(64, 120, 16, "adamw", 0.005, "cosine", 60);
    private static final int STRIDES_PER_WINDOW = 4;
    private static final int HELD_OUT_PART = 5;
    private static final int VALID_PART = 10;
    private static final int LEAST_ROWS = 20;
    private static final int CHUNK = 1000;
    /** The last so many held-out rows are drawn. */
    private static final int MOST_CHARTED = 100_000;

    private final String name;
    /** Whether it is the series that comes with the program, which its name does not tell. */
    private final boolean bundled;

    private final Series series;
    private final Scaling scaling;
    /** Rows after which the forecast column repeats itself; 0 if no season is seen. */
    private final int season;

    private final long trainingRows;
    private final long testFrom;

    /** @param trained what a model says of the table it was trained on, or null for a table to train on */
    private SeriesData(String name, boolean bundled, Series series, Trained trained) {
        this.name = name;
        this.bundled = bundled;
        this.series = series;
        this.testFrom = series.rows() - series.rows() / HELD_OUT_PART;
        this.trainingRows = testFrom - Math.max(1, testFrom / VALID_PART);
        this.scaling = trained == null ? fit() : trained.scaling();
        this.season = trained == null ? season() : trained.season();
        this.scaling.requireColumns(series);
        try {
            this.scaling.requireInRange(series);
        } catch (IllegalArgumentException e) {
            throw new UsageException(name + ": " + Printable.whole(e.getMessage()), e);
        }
    }

    /**
     * What training on a table found out about it.
     *
     * @param scaling of its columns
     * @param season rows after which the forecast column repeats itself, for the seasonal naive forecast; 0 if none is seen
     */
    record Trained(Scaling scaling, int season) {
        /** As {@link SeriesData#metadata} wrote it. */
        static Trained of(Map<String, String> metadata) {
            String season = metadata.getOrDefault(SEASON, "0");
            if (!season.matches("\\d{1,9}")) {
                throw new IllegalArgumentException(SEASON + " '" + season + "' is not a whole number of 0 or more");
            }
            return new Trained(Scaling.fromJson(metadata.get(SCALING)), Integer.parseInt(season));
        }
    }

    private int season() {
        long first = Math.max(0, trainingRows - Season.MOST_ROWS);
        double[] values = new double[(int) (trainingRows - first)];
        Arrays.setAll(values, i -> series.truth(first + i));
        return Season.of(values).orElse(0);
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
    static SeriesData read(Path file, Trained trained, Consumer<String> warnings) {
        CsvFile table = CsvFile.read(file, warnings);
        Series series;
        try {
            series = series(table, trained.scaling());
        } catch (NoSuchColumnException e) {
            throw new UsageException(
                    e.getMessage() + "; the model reads "
                            + Printable.list(trained.scaling().columns()),
                    e);
        }
        return new SeriesData(Printable.whole(file.toString()), false, series, trained);
    }

    /** The series that comes with the program. */
    static SeriesData bundled() {
        return new SeriesData(BUNDLED, true, bundledFile().series(List.of("sunspots"), null, LEAST_ROWS), null);
    }

    /** The same for a model. */
    static SeriesData bundled(Trained trained) {
        return new SeriesData(BUNDLED, true, series(bundledFile(), trained.scaling()), trained);
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
            throw new UsageException(name + ": has " + Count.of(trainingRows, "row")
                    + " to train on (the last fifth is held out, a tenth of the rest validates), at least "
                    + (s.unroll() + 1L) + " are needed for --unroll " + s.unroll() + "; give a smaller one");
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
        if (season > 0) {
            metadata.put(SEASON, Integer.toString(season));
        }
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
        about.put("valid", testFrom - trainingRows);
        about.put("held_out", series.rows() - testFrom);
        return about;
    }

    @Override
    public List<Part> parts() {
        return List.of(Part.TEST, Part.ALL);
    }

    @Override
    public Unit unit() {
        return new Unit(
                "RMSE of '" + series.targetName() + "'", "rmse", loss -> Math.sqrt(loss) * scaling.targetDeviation());
    }

    @Override
    public Map<String, Double> evaluate(Rnn rnn, Part part) {
        long from = firstRow(part);
        long to = part == Part.VALID ? testFrom : series.rows();
        RootMeanSquare error = new RootMeanSquare();
        forecast(rnn, to, (row, forecast) -> {
            if (row >= from) {
                error.add(forecast - series.truth(row));
            }
        });
        double rmse = error.value();
        double scaledError = rmse / scaling.targetDeviation();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("loss", scaledError * scaledError);
        figures.put("rmse", rmse);
        figures.put("persistence_rmse", series.persistenceError(from, to));
        if (season > 0 && to > season) {
            figures.put("seasonal_rmse", series.naiveError(Math.max(from, season), to, season));
        }
        return figures;
    }

    private long firstRow(Part part) {
        return part == Part.TEST ? testFrom : part == Part.VALID ? trainingRows : 1;
    }

    /** Told each row's forecast. */
    private interface Forecasts {
        void at(long row, double forecast);
    }

    /** Each row's forecast from all rows before it, up to row {@code end}, one sequence from the first row on, which has none. */
    private void forecast(Rnn rnn, long end, Forecasts to) {
        try (RnnSession session = new RnnSession(rnn, 1)) {
            for (long t = 0; t < end - 1; t += CHUNK) {
                float[] change = session.feed(scaled(t, (int) Math.min(CHUNK, end - 1 - t)));
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
    public Workload evaluation(RnnSpec net) {
        return Workload.evaluation(net, 1, (int) Math.min(CHUNK, Math.max(1, series.rows() - 1)));
    }

    @Override
    public String summary(Part part, Map<String, Double> figures) {
        String where = part == Part.TEST ? "held-out fifth" : part == Part.VALID ? "validation" : "all rows";
        long rows = (part == Part.VALID ? testFrom : series.rows()) - firstRow(part);
        return where + " (" + Count.of(rows, "row") + "): " + words(figures);
    }

    private String words(Map<String, Double> figures) {
        double rmse = figures.get("rmse");
        double persistence = figures.get("persistence_rmse");
        String words = String.format(
                Locale.ROOT,
                "RMSE of '%s' %.4g, persistence forecast %.4g%s",
                Printable.of(series.targetName()),
                rmse,
                persistence,
                Figures.comparedTo(rmse, persistence));
        return figures.containsKey("seasonal_rmse")
                ? words
                        + String.format(
                                Locale.ROOT,
                                ", seasonal naive (%d rows before) %.4g",
                                season,
                                figures.get("seasonal_rmse"))
                : words;
    }

    @Override
    public void finish(Rnn rnn, Map<String, Double> figures, Settings settings, RunFolder folder, PrintWriter out)
            throws IOException {
        int shown = (int) Math.min(MOST_CHARTED, series.rows() - testFrom);
        long first = series.rows() - shown;
        double[] x = new double[shown];
        double[] truth = new double[shown];
        double[] forecast = new double[shown];
        Arrays.setAll(x, i -> bundled ? BUNDLED_FIRST_YEAR + (double) (first + i) / MONTHS : first + i + 1);
        Arrays.setAll(truth, i -> series.truth(first + i));
        forecast(rnn, series.rows(), (row, value) -> {
            if (row >= first) {
                forecast[(int) (row - first)] = value;
            }
        });
        folder.chart(
                "forecast.png",
                path -> Charts.forecast(
                        path,
                        "Forecast of the next row",
                        words(figures),
                        x,
                        truth,
                        forecast,
                        bundled ? "year" : "row",
                        series.targetName()));
    }
}
