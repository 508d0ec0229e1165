package org.bptt4j.benchmarks;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Bars of one figure: a group for each configuration, a colour for each contender. */
final class Chart {
    private static final int WIDTH = 1600;
    private static final int HEIGHT = 700;
    /** Pixels between the marks of the logarithmic axis, so that they are not finer than half decades. */
    private static final int HALF_DECADE = 110;

    /** More labels below the axis would run into each other, and are slanted by so many degrees. */
    private static final int MOST_LEVEL_LABELS = 9;

    private static final int SLANT = 35;

    /** Ours blue, the others from a palette that the colour-blind can tell apart. */
    private static final Color[] COLOURS = {
        new Color(0x1f, 0x6f, 0xb4),
        new Color(0xe0, 0x6c, 0x10),
        new Color(0x00, 0x9e, 0x73),
        new Color(0xcc, 0x79, 0xa7),
        new Color(0xf0, 0xc0, 0x30),
        new Color(0x60, 0x60, 0x60),
        new Color(0x56, 0xb4, 0xe9),
        new Color(0x8c, 0x56, 0x4b),
        new Color(0x2b, 0x2b, 0x8a),
        new Color(0xb0, 0xb0, 0xb0)
    };

    private Chart() {}

    /** Milliseconds of each call, on a logarithmic axis. */
    static void milliseconds(Path file, Report report) throws IOException {
        // The library's own logarithmic axis cannot draw bars, so the logarithm is taken here, above the decade of the
        // smallest.
        double floor = Math.floor(report.rows().stream()
                .mapToDouble(row -> Math.log10(row.median()))
                .min()
                .orElse(0));
        CategoryChart chart = chart(report, "milliseconds", row -> Math.log10(row.median()) - floor);
        chart.getStyler()
                .setyAxisTickLabelsFormattingFunction(y -> number(Math.pow(10, y + floor)))
                .setYAxisTickMarkSpacingHint(HALF_DECADE)
                .setYAxisMin(0.0);
        save(file, chart);
    }

    /** Share of the multiply-add peak, in percent. */
    static void shares(Path file, Report report) throws IOException {
        CategoryChart chart = chart(report, "percent of the multiply-add peak", row -> 100 * report.share(row));
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
        save(file, chart);
    }

    /** Two digits, without an exponent. */
    private static String number(double value) {
        return BigDecimal.valueOf(value)
                .round(new MathContext(2))
                .stripTrailingZeros()
                .toPlainString();
    }

    private static void save(Path file, CategoryChart chart) throws IOException {
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
    }

    private static CategoryChart chart(Report report, String yTitle, ToDoubleFunction<Row> figure) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(report.family() + ": " + yTitle)
                .xAxisTitle(report.family().format())
                .yAxisTitle(yTitle)
                .build();
        List<String> configs =
                report.rows().stream().map(Row::config).distinct().toList();
        boolean severalThreads = report.limits().size() > 1;
        for (Report.Entrant entrant : report.entrants()) {
            List<Row> rows = report.rows(entrant);
            List<Double> heights = new ArrayList<>();
            for (String config : configs) {
                Optional<Row> row =
                        rows.stream().filter(r -> r.config().equals(config)).findFirst();
                heights.add(row.map(figure::applyAsDouble).orElse(null)); // no bar
            }
            String threads = entrant.threads() == 1 ? ", 1 thread" : ", " + entrant.threads() + " threads";
            chart.addSeries(entrant.contender() + (severalThreads ? threads : ""), configs, heights);
        }
        style(chart.getStyler());
        if (configs.size() > MOST_LEVEL_LABELS) {
            chart.getStyler().setXAxisLabelRotation(SLANT);
        }
        return chart;
    }

    private static void style(CategoryStyler styler) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
        styler.setAvailableSpaceFill(0.85)
                .setSeriesColors(COLOURS)
                .setChartBackgroundColor(Color.WHITE)
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setLegendFont(plain)
                .setPlotBorderVisible(false);
        styler.setAxisTickLabelsFont(plain).setAxisTitleFont(plain).setPlotGridVerticalLinesVisible(false);
    }
}
