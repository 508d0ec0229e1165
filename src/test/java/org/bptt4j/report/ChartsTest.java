package org.bptt4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChartsTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double[] NONE = {};

    @TempDir
    Path folder;

    private Path png;

    @BeforeEach
    void namePng() {
        png = folder.resolve("chart.png");
    }

    @Test
    void drawsALossCurve() throws IOException {
        double[] steps = steps(3000);
        Random random = new Random(1);
        double[] loss = map(steps, step -> 0.3 + 3 * Math.exp(-step / 400) + 0.05 * random.nextGaussian());
        double[] evalSteps =
                DoubleStream.iterate(0, step -> step + 250).limit(12).toArray();
        double[] evalLoss = map(evalSteps, step -> 0.4 + 3 * Math.exp(-step / 400));
        Charts.lossCurve(png, steps, loss, evalSteps, evalLoss, "cross-entropy (nats)");
        assertDrawn(Plot.BLUE, 500);
        assertDrawn(Plot.LIGHT_BLUE, 500);
        assertDrawn(Plot.GREEN, 20);
        assertDrawn(Plot.ORANGE, 500);
    }

    /** Curves may be in every corner: nothing is written where they are. */
    @Test
    void theLegendLiesOnNoCurve() {
        double[] x = new double[400];
        double[] y = new double[400];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
            y[i] = i % 2;
        }
        Points everywhere = Points.of(x, y);
        Plot plot = new Plot("title", "x", "y")
                .line("training", everywhere, Plot.BLUE)
                .line("validation", Points.of(new double[] {0, 399}, new double[] {1, 1}), Plot.ORANGE)
                .mark("best 0 at step 200", 200, 0, Plot.GREEN)
                .highlight(everywhere);
        BufferedImage image = plot.render();
        Rectangle2D axes = plot.behind();
        assertTrue(axes.getWidth() > 600 && axes.getHeight() > 400, axes.toString());
        int dark = 0;
        for (int i = (int) axes.getMinX(); i < axes.getMaxX(); i++) {
            for (int j = (int) axes.getMinY(); j < axes.getMaxY(); j++) {
                Color color = new Color(image.getRGB(i, j));
                dark += Math.max(color.getRed(), Math.max(color.getGreen(), color.getBlue())) < 0x68 ? 1 : 0;
            }
        }
        assertEquals(0, dark, "pixels of letters among the curves");
    }

    @Test
    void drawsALossOverManyDecadesWithoutEvaluation() throws IOException {
        double[] steps = steps(20_000);
        Charts.lossCurve(png, steps, map(steps, step -> 5 * Math.exp(-step / 1500)), NONE, NONE, "MSE");
        assertDrawn(Plot.BLUE, 500);
    }

    @Test
    void drawsGradientNormWithAndWithoutClipping() throws IOException {
        double[] steps = steps(100_000);
        Random random = new Random(2);
        double[] norm = map(steps, step -> Math.exp(random.nextGaussian() - 1));
        norm[50_000] = 5000;
        Charts.gradientNorm(png, steps, norm, OptionalDouble.of(1));
        assertDrawn(Plot.BLUE, 500);
        assertDrawn(Plot.ORANGE, 100);
        Charts.gradientNorm(png, steps, norm, OptionalDouble.empty());
        Charts.gradientNorm(png, steps, norm, OptionalDouble.of(NAN));
        Charts.gradientNorm(png, steps, norm, OptionalDouble.of(0));
        assertDrawn(Plot.BLUE, 500);
    }

    @Test
    void drawsAForecast() throws IOException {
        double[] years =
                IntStream.range(0, 240).mapToDouble(i -> 1995 + i / 12.0).toArray();
        double[] truth = map(years, year -> 80 + 60 * Math.sin(year * 2 * Math.PI / 11));
        double[] forecast = map(years, year -> 78 + 55 * Math.sin(year * 2 * Math.PI / 11 - 0.2));
        Arrays.fill(forecast, 0, 60, NAN);
        Charts.forecast(
                png,
                "Sunspots, one month ahead",
                "RMSE 15.98; persistence 18.06",
                years,
                truth,
                forecast,
                "year",
                "sunspot number");
        assertDrawn(Plot.GREY, 300);
        assertDrawn(Plot.ORANGE, 300);
    }

    /** A block of 4,000 points is shown small, with its end marked, and its end large; residuals are always there. */
    @Test
    void theEndOfALongForecastIsEnlarged() throws IOException {
        double[] x = steps(4000);
        double[] truth = map(x, step -> Math.sin(step / 20));
        double[] forecast = map(x, step -> Math.sin((step - 1) / 20));
        Charts.forecast(png, "title", "RMSE 15.98; persistence 18.06", x, truth, forecast, "row", "v");
        assertEquals(906, image().getHeight());
        assertDrawn(new Color(251, 233, 222), 2000);
        assertDrawn(Plot.BLUE, 300);
        int[] first = pixels(image());
        Charts.forecast(png, "title", "RMSE 15.99; persistence 18.06", x, truth, forecast, "row", "v");
        int[] second = pixels(image());
        int differing = Arrays.mismatch(first, second) / 1000;
        assertTrue(differing > 40 && differing < 66, "the figures are in line " + differing);
        double[] few = steps(200);
        Charts.forecast(png, "", "", few, few, few, "row", "v");
        assertEquals(650, image().getHeight());
    }

    static Stream<Arguments> hostileData() {
        double max = Double.MAX_VALUE;
        return Stream.of(
                Arguments.of(new double[] {}, new double[] {}),
                Arguments.of(new double[] {1}, new double[] {2}),
                Arguments.of(new double[] {0}, new double[] {0}),
                Arguments.of(new double[] {NAN, 1}, new double[] {1, INF}),
                Arguments.of(new double[] {1, 2, NAN, 4, INF}, new double[] {3, -INF, 3, NAN, 3}),
                Arguments.of(new double[] {1, 2, 3}, new double[] {5, 5, 5}),
                Arguments.of(new double[] {7, 7, 7}, new double[] {1, 2, 3}),
                Arguments.of(new double[] {1, 2, 3}, new double[] {-5, 0, -1e-320}),
                Arguments.of(new double[] {1, 2, 3}, new double[] {1e16, 1e16 + 2, 1e16}),
                Arguments.of(new double[] {-max, 0, max}, new double[] {-max, max, 1}),
                Arguments.of(new double[] {-1e300, 0, 1e300}, new double[] {-1e300, 1e300, 1}),
                Arguments.of(new double[] {1, 2, 3}, new double[] {1e-300, 1e300, 1}),
                Arguments.of(
                        new double[] {1, 2, 3}, new double[] {Double.MIN_VALUE, Double.MIN_VALUE, Double.MIN_VALUE}),
                Arguments.of(new double[] {1e15, 1e15 + 1}, new double[] {1, 1 + 1e-12}),
                Arguments.of(new double[] {3, 1, 2}, new double[] {0.1, 1000, 3}),
                Arguments.of(steps(6000), map(steps(6000), x -> x % 7 == 0 ? NAN : 1)));
    }

    @ParameterizedTest
    @MethodSource("hostileData")
    void copesWithHostileData(double[] x, double[] y) throws IOException {
        Charts.lossCurve(png, x, y, x, y, "loss");
        assertNotBlank();
        Charts.lossCurve(png, x, y, NONE, NONE, "loss");
        assertNotBlank();
        Charts.gradientNorm(png, x, y, OptionalDouble.of(1e-3));
        assertNotBlank();
        Charts.gradientNorm(png, x, y, OptionalDouble.empty());
        assertNotBlank();
        Charts.forecast(png, "t", "f", x, y, y, "x", "y");
        assertNotBlank();
    }

    @Test
    void copesWithHostileTitles() throws IOException {
        double[] values = {1, 2, 3};
        Charts.forecast(png, "", "", values, values, values, " ", "\n");
        assertNotBlank();
        Charts.forecast(
                png,
                "long ".repeat(1000),
                "figures\n".repeat(1000),
                values,
                values,
                values,
                "two\nlines\t",
                "<html>" + "y".repeat(5000));
        assertNotBlank();
    }

    @Test
    void refusesLengthsThatDiffer() {
        double[] two = {1, 2};
        double[] three = {1, 2, 3};
        assertThrows(IllegalArgumentException.class, () -> Charts.lossCurve(png, two, three, NONE, NONE, "loss"));
        assertThrows(IllegalArgumentException.class, () -> Charts.forecast(png, "t", "", two, two, three, "x", "y"));
        assertTrue(Files.notExists(png));
    }

    @Test
    void namesAMissingFolder() {
        Path target = folder.resolve("missing").resolve("chart.png");
        assertThrows(NoSuchFileException.class, () -> Charts.gradientNorm(target, NONE, NONE, OptionalDouble.empty()));
    }

    private static double[] steps(int count) {
        return IntStream.range(0, count).asDoubleStream().toArray();
    }

    private static double[] map(double[] x, DoubleUnaryOperator f) {
        return DoubleStream.of(x).map(f).toArray();
    }

    private BufferedImage image() throws IOException {
        BufferedImage image = ImageIO.read(png.toFile());
        assertNotNull(image, "not an image");
        assertEquals(1000, image.getWidth());
        assertTrue(image.getHeight() >= 600 && image.getHeight() <= 1000, "height " + image.getHeight());
        return image;
    }

    private static int[] pixels(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    private void assertDrawn(Color color, int atLeast) throws IOException {
        long count = IntStream.of(pixels(image()))
                .filter(pixel -> near(new Color(pixel), color))
                .count();
        assertTrue(count >= atLeast, "only " + count + " pixels of the line's color");
    }

    /** Smoothed edges mix a line's color with what is below it. */
    private static boolean near(Color a, Color b) {
        int red = Math.abs(a.getRed() - b.getRed());
        int green = Math.abs(a.getGreen() - b.getGreen());
        return red + green + Math.abs(a.getBlue() - b.getBlue()) < 90;
    }

    private void assertNotBlank() throws IOException {
        int[] pixels = pixels(image());
        assertEquals(0xffffffff, pixels[0], "the background must be white");
        long drawn = IntStream.of(pixels).filter(pixel -> pixel != pixels[0]).count();
        assertTrue(drawn > 200, "only " + drawn + " pixels drawn");
    }
}
