package org.bptt4j.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
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
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** One picture in the making: lines on two axes, in the look all charts share. */
final class Plot {
    static final int WIDTH = 1000;
    static final int HEIGHT = 600;
    static final Color BLUE = new Color(0x1f, 0x6f, 0xb4);
    static final Color ORANGE = new Color(0xe0, 0x6c, 0x10);
    static final Color LIGHT_BLUE = new Color(0xa9, 0xc9, 0xe6);
    static final Color GREEN = new Color(0x2a, 0x8a, 0x3c);
    static final Color GREY = new Color(0x60, 0x60, 0x60);

    private static final Color TEXT = new Color(0x33, 0x33, 0x33);
    private static final Color GRID = new Color(0xe4, 0xe4, 0xe4);
    private static final BasicStroke SOLID = new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    private static final BasicStroke THIN = new BasicStroke(1f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    private static final BasicStroke FINE_DASHED =
            new BasicStroke(1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {3f, 4f}, 0f);
    private static final BasicStroke DASHED =
            new BasicStroke(2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {8f, 6f}, 0f);

    /** Lines with no more points than this get a dot on each. */
    private static final int DOTS_UP_TO = 40;

    private record Line(String name, Points points, Color color, BasicStroke stroke) {}

    private record Level(String name, double y, Color color) {}

    private record Mark(String name, double x, double y, Color color) {}

    private final XYChart chart;
    private final List<Line> lines = new ArrayList<>();
    private final List<Level> levels = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final int height;
    private Points highlighted;
    private boolean logY;
    private boolean legend = true;

    /** Begins a picture; blank titles are left out. */
    Plot(String title, String xName, String yName) {
        this(title, xName, yName, HEIGHT);
    }

    /** Begins a picture of this height, or a panel of a larger one. */
    Plot(String title, String xName, String yName, int height) {
        this.height = height;
        chart = new XYChartBuilder()
                .width(WIDTH)
                .height(height)
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

    /** Leaves the legend out. */
    Plot withoutLegend() {
        legend = false;
        return this;
    }

    /** Adds a line; without points it is left out. */
    Plot line(String name, Points points, Color color) {
        lines.add(new Line(name, points, color, SOLID));
        return this;
    }

    /** Adds a thin line. */
    Plot thinLine(String name, Points points, Color color) {
        lines.add(new Line(name, points, color, THIN));
        return this;
    }

    /** Adds a dashed horizontal line over the whole width; its height must be one that can be drawn. */
    Plot level(String name, double y, Color color) {
        levels.add(new Level(name, y, color));
        return this;
    }

    /** Adds a large dot on a point of a line, with a line down to the axis; it is in the legend by its name. */
    Plot mark(String name, double x, double y, Color color) {
        marks.add(new Mark(name, x, y, color));
        return this;
    }

    /** Colours the background where these points are. */
    Plot highlight(Points points) {
        highlighted = points;
        return this;
    }

    /** The picture, which says "no data" when no line has a point. Call once. */
    BufferedImage render() {
        return Sheet.of(List.of(this), "", "");
    }

    int height() {
        return height;
    }

    /** The chart, to be painted any number of times. Call once. */
    XYChart build() {
        // The library's own logarithmic axis leaves decades unlabeled, so the logarithm is taken here.
        List<Line> drawn = lines.stream()
                .map(line -> new Line(
                        line.name, (logY ? line.points.log() : line.points).thinned(), line.color, line.stroke))
                .filter(line -> line.points.size() > 0)
                .toList();
        List<Level> across = drawn.isEmpty() ? List.of() : levels;
        List<Mark> dots = drawn.isEmpty() ? List.of() : marks;
        boolean named = legend && drawn.size() + across.size() + dots.size() > 1;
        Range x = Range.of(drawn.stream().flatMapToDouble(line -> DoubleStream.of(line.points.x())), 0)
                .widened(0.03, 0.03);
        DoubleStream heights = DoubleStream.concat(
                drawn.stream().flatMapToDouble(line -> DoubleStream.of(line.points.y())),
                across.stream().mapToDouble(level -> axis(level.y)));
        // A logarithmic axis spans a decade at least.
        Range y = Range.of(heights, logY ? 1 : 0).widened(0.05, 0.05);
        style(chart.getStyler());
        chart.getStyler()
                .setXAxisMin(x.low())
                .setXAxisMax(x.high())
                .setYAxisMin(y.low())
                .setYAxisMax(y.high())
                .setAxisTicksVisible(!drawn.isEmpty())
                .setPlotGridHorizontalLinesVisible(!drawn.isEmpty())
                .setLegendVisible(named);
        drawn.forEach(this::draw);
        across.forEach(level -> draw(level, x));
        dots.forEach(mark -> draw(mark, y));
        if (drawn.isEmpty()) {
            chart.addAnnotation(new AnnotationText("no data", WIDTH / 2.0, height / 2.0, true));
        }
        return chart;
    }

    /** After the chart was painted to learn where its axes are: what lies behind its lines, or null. */
    Rectangle2D behind() {
        if (highlighted == null || highlighted.size() == 0 || lines.isEmpty()) {
            return null;
        }
        Range x = Range.of(DoubleStream.of(highlighted.x()), 0);
        double left = chart.getScreenXFromChart(x.low());
        double top = chart.getScreenYFromChart(chart.getStyler().getYAxisMax());
        return new Rectangle2D.Double(
                left,
                top,
                chart.getScreenXFromChart(x.high()) - left,
                chart.getScreenYFromChart(chart.getStyler().getYAxisMin()) - top);
    }

    private void draw(Line line) {
        XYSeries series = chart.addSeries(line.name, line.points.x(), line.points.y());
        series.setMarker(line.points.size() <= DOTS_UP_TO ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE)
                .setMarkerColor(line.color)
                .setLineColor(line.color)
                .setLineStyle(line.stroke);
    }

    private void draw(Mark mark, Range range) {
        double[] foot = {range.low(), axis(mark.y)};
        chart.addSeries("below " + mark.name, new double[] {mark.x, mark.x}, foot)
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(mark.color)
                .setLineStyle(FINE_DASHED)
                .setShowInLegend(false);
        XYSeries series = chart.addSeries(mark.name, new double[] {mark.x}, new double[] {axis(mark.y)});
        series.setMarker(SeriesMarkers.DIAMOND)
                .setMarkerColor(mark.color)
                .setLineColor(mark.color)
                .setLineStyle(SeriesLines.NONE);
    }

    private void draw(Level level, Range x) {
        double y = axis(level.y);
        XYSeries series = chart.addSeries(level.name, new double[] {x.low(), x.high()}, new double[] {y, y});
        series.setMarker(SeriesMarkers.NONE).setLineColor(level.color).setLineStyle(DASHED);
    }

    private double axis(double y) {
        return logY ? Math.log10(y) : y;
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
                // In a row below the axes: inside of them there may be no place without a curve.
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal)
                .setLegendBackgroundColor(new Color(255, 255, 255, 0))
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
                .setYAxisTickMarkSpacingHint(height < HEIGHT / 2 ? 36 : 56)
                .setYAxisLabelAlignment(TextAlignment.Right)
                .setxAxisTickLabelsFormattingFunction(Labels::number)
                .setyAxisTickLabelsFormattingFunction(logY ? Labels::power : Labels::number);
    }
}
