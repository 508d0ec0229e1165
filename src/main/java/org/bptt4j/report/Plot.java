package org.bptt4j.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** One picture in the making: lines on two axes, in the look all charts share. */
final class Plot {
    static final int WIDTH = 1000;
    static final int HEIGHT = 600;
    static final Color BLUE = new Color(0x1f, 0x6f, 0xb4);
    static final Color ORANGE = new Color(0xe0, 0x6c, 0x10);
    static final Color GREY = new Color(0x60, 0x60, 0x60);

    private static final Color TEXT = new Color(0x33, 0x33, 0x33);
    private static final Color GRID = new Color(0xe4, 0xe4, 0xe4);
    private static final BasicStroke SOLID = new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    private static final BasicStroke DASHED =
            new BasicStroke(2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {8f, 6f}, 0f);

    /** Lines with no more points than this get a dot on each. */
    private static final int DOTS_UP_TO = 40;

    private record Line(String name, Points points, Color color) {}

    private record Level(String name, double y, Color color) {}

    private final XYChart chart;
    private final List<Line> lines = new ArrayList<>();
    private final List<Level> levels = new ArrayList<>();
    private boolean logY;

    /** Begins a picture; blank titles are left out. */
    Plot(String title, String xName, String yName) {
        chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(Labels.title(title))
                .xAxisTitle(Labels.title(xName))
                .yAxisTitle(Labels.title(yName))
                .build();
    }

    /** Makes the vertical axis logarithmic; lines lose their points that are not positive. */
    Plot logY() {
        logY = true;
        chart.setYAxisTitle((chart.getYAxisTitle() + " (log scale)").strip());
        return this;
    }

    /** Adds a line; without points it is left out. */
    Plot line(String name, Points points, Color color) {
        lines.add(new Line(name, points, color));
        return this;
    }

    /** Adds a dashed horizontal line over the whole width; its height must be one that can be drawn. */
    Plot level(String name, double y, Color color) {
        levels.add(new Level(name, y, color));
        return this;
    }

    /** The picture, which says "no data" when no line has a point. Call once. */
    BufferedImage render() {
        XYChart finished = build();
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        // Without this, points move to whole pixels and smooth curves wobble.
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        finished.paint(graphics, WIDTH, HEIGHT);
        graphics.dispose();
        return image;
    }

    private XYChart build() {
        // The library's own logarithmic axis leaves decades unlabeled, so the logarithm is taken here.
        List<Line> drawn = lines.stream()
                .map(line -> new Line(line.name, (logY ? line.points.log() : line.points).thinned(), line.color))
                .filter(line -> line.points.size() > 0)
                .toList();
        List<Level> across = drawn.isEmpty() ? List.of() : levels;
        boolean legend = drawn.size() + across.size() > 1;
        Range x = Range.of(drawn.stream().flatMapToDouble(line -> DoubleStream.of(line.points.x())), 0)
                .widened(0.03, 0.03);
        DoubleStream heights = DoubleStream.concat(
                drawn.stream().flatMapToDouble(line -> DoubleStream.of(line.points.y())),
                across.stream().mapToDouble(this::height));
        // The room above is for the legend; a logarithmic axis spans a decade at least.
        Range y = Range.of(heights, logY ? 1 : 0).widened(0.05, legend ? 0.16 : 0.05);
        style(chart.getStyler());
        chart.getStyler()
                .setXAxisMin(x.low())
                .setXAxisMax(x.high())
                .setYAxisMin(y.low())
                .setYAxisMax(y.high())
                .setAxisTicksVisible(!drawn.isEmpty())
                .setPlotGridHorizontalLinesVisible(!drawn.isEmpty())
                .setLegendVisible(legend);
        drawn.forEach(this::draw);
        across.forEach(level -> draw(level, x));
        if (drawn.isEmpty()) {
            chart.addAnnotation(new AnnotationText("no data", WIDTH / 2.0, HEIGHT / 2.0, true));
        }
        return chart;
    }

    private void draw(Line line) {
        XYSeries series = chart.addSeries(line.name, line.points.x(), line.points.y());
        series.setMarker(line.points.size() <= DOTS_UP_TO ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE)
                .setMarkerColor(line.color)
                .setLineColor(line.color)
                .setLineStyle(SOLID);
    }

    private void draw(Level level, Range x) {
        double y = height(level);
        XYSeries series = chart.addSeries(level.name, new double[] {x.low(), x.high()}, new double[] {y, y});
        series.setMarker(SeriesMarkers.NONE).setLineColor(level.color).setLineStyle(DASHED);
    }

    private double height(Level level) {
        return logY ? Math.log10(level.y) : level.y;
    }

    private void style(XYStyler styler) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
        styler.setChartBackgroundColor(Color.WHITE)
                .setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setPlotContentSize(1)
                .setChartPadding(16)
                .setChartFontColor(TEXT)
                .setChartTitleVisible(!chart.getTitle().isEmpty())
                .setChartTitleBoxVisible(false)
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 18))
                .setLegendPosition(LegendPosition.InsideNE)
                .setLegendBackgroundColor(new Color(255, 255, 255, 220))
                .setLegendBorderColor(new Color(255, 255, 255, 0))
                .setLegendFont(plain)
                .setMarkerSize(6)
                .setAnnotationTextFont(plain)
                .setAnnotationTextFontColor(GREY);
        styler.setXAxisTitleVisible(!chart.getXAxisTitle().isEmpty())
                .setYAxisTitleVisible(!chart.getYAxisTitle().isEmpty())
                .setAxisTitleFont(plain)
                .setAxisTickLabelsFont(plain)
                .setAxisTickLabelsColor(TEXT)
                .setAxisTickMarksColor(GRID)
                .setPlotGridVerticalLinesVisible(false)
                .setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(1f))
                .setLocale(Locale.ROOT)
                .setXAxisMaxLabelCount(12)
                .setYAxisTickMarkSpacingHint(56)
                .setYAxisLabelAlignment(TextAlignment.Right)
                .setxAxisTickLabelsFormattingFunction(Labels::number)
                .setyAxisTickLabelsFormattingFunction(logY ? Labels::power : Labels::number);
    }
}
