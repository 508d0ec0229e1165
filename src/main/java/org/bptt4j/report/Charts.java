package org.bptt4j.report;

import java.awt.AWTError;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.bptt4j.io.AtomicFiles;

/**
 * Draws PNG files of 1000 x 600 pixels (a forecast is higher), replacing existing ones atomically; no display is needed.
 *
 * <p>Points that are NaN, infinite or beyond 1e300 are left out, and a chart with no points left says so. Lines of more
 * than 5,000 points are thinned in a way that keeps spikes. Every method throws {@link IllegalArgumentException} when
 * coordinates that belong together differ in number, and {@link IOException} when the file cannot be written or this
 * Java cannot draw text for want of fonts.
 */
public final class Charts {
    /** Positive losses that span more than this factor are drawn on a logarithmic axis. */
    private static final double LOG_FROM_RATIO = 100;

    /** A moving mean is over a twentieth of the points. */
    private static final int MEANS = 40;

    private static final int MOST_MEANS = 500;

    /** More points than these of a forecast cannot be told apart. */
    private static final int ENLARGED = 200;

    static {
        // Must come before the first touch of AWT, which then needs no display. A choice already made is respected.
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
    }

    private Charts() {}

    /**
     * Training and validation loss against the training step: each training loss as a light line, their moving mean, the
     * validation losses, and the best of these with its value. The vertical axis is logarithmic when all losses are
     * positive and the highest is more than 100 times the lowest.
     *
     * @param png the file to write
     * @param trainSteps steps at which the training loss was taken
     * @param trainLoss training losses, as many
     * @param evalSteps steps at which the validation loss was taken; may be empty
     * @param evalLoss validation losses, as many
     * @param lossName what the loss is, with its unit, such as {@code bits per character}
     */
    public static void lossCurve(
            Path png, double[] trainSteps, double[] trainLoss, double[] evalSteps, double[] evalLoss, String lossName)
            throws IOException {
        Points train = Points.of(trainSteps, trainLoss);
        Points eval = Points.of(evalSteps, evalLoss);
        draw(png, () -> {
            Plot plot = new Plot("Loss during training", "training step", lossName);
            boolean log = wantsLog(train, eval);
            drawTraining(plot, log ? train.positive() : train);
            plot.line("validation", eval, Plot.ORANGE);
            int best = (log ? eval.positive() : eval).lowest();
            if (best >= 0) {
                Points points = log ? eval.positive() : eval;
                double x = points.x()[best];
                double y = points.y()[best];
                plot.mark("best " + Labels.figure(y) + " at step " + Labels.number(x), x, y, Plot.GREEN);
            }
            return log ? plot.logY() : plot;
        });
    }

    /** With too few points for a mean, the line alone. */
    private static void drawTraining(Plot plot, Points train) {
        int count = Math.min(MOST_MEANS, train.size() / MEANS) * 2 + 1;
        if (count < 3) {
            plot.line("training", train, Plot.BLUE);
        } else {
            plot.thinLine("training", train, Plot.LIGHT_BLUE);
            plot.line("training, mean of " + count + " points", train.smoothed(count), Plot.BLUE);
        }
    }

    /**
     * The norm of the gradient against the training step, on a logarithmic axis; points that are not positive are left
     * out.
     *
     * @param png the file to write
     * @param steps training steps
     * @param norm the gradient's norm before clipping, as many
     * @param clipAt the clipping threshold, drawn as a dashed line if positive
     */
    public static void gradientNorm(Path png, double[] steps, double[] norm, OptionalDouble clipAt) throws IOException {
        Points points = Points.of(steps, norm);
        draw(png, () -> {
            Plot plot = new Plot("Gradient norm during training", "training step", "norm of the gradient")
                    .line("gradient norm", points, Plot.BLUE)
                    .logY();
            clipAt.stream()
                    .filter(Points::drawableAsLog)
                    .forEach(level -> plot.level("clipped above " + Labels.number(level), level, Plot.ORANGE));
            return plot;
        });
    }

    /**
     * A forecast over the truth, and below it what it was wrong by. Of more than 200 points the last 200 are drawn large, and all
     * of them small above; the picture is then 906 pixels high, else 716.
     *
     * @param png the file to write
     * @param title the chart's title
     * @param figures a line of text on how good the forecast is and what others would be, such as {@code RMSE 15.98; persistence
     *     18.06}; may be empty
     * @param x the horizontal coordinate, such as a row index or a decimal year
     * @param truth what happened, as many
     * @param forecast what was forecast, as many; NaN where there is no forecast
     * @param xName what {@code x} is, with its unit
     * @param yName what is forecast, with its unit
     */
    public static void forecast(
            Path png,
            String title,
            String figures,
            double[] x,
            double[] truth,
            double[] forecast,
            String xName,
            String yName)
            throws IOException {
        Points happened = Points.of(x, truth);
        Points predicted = Points.of(x, forecast);
        double[] wrong = new double[x.length];
        Arrays.setAll(wrong, i -> truth[i] - forecast[i]);
        int shown = Math.min(x.length, ENLARGED);
        Points happenedLast = Points.of(last(x, shown), last(truth, shown));
        Points predictedLast = Points.of(last(x, shown), last(forecast, shown));
        Points wrongLast = Points.of(last(x, shown), last(wrong, shown));
        write(png, () -> {
            List<Plot> plots = new ArrayList<>();
            if (x.length > ENLARGED) {
                plots.add(new Plot("", "", "all " + x.length, 190)
                        .thinLine("truth", happened, Plot.GREY)
                        .thinLine("forecast", predicted, Plot.ORANGE)
                        .highlight(happenedLast)
                        .withoutLegend());
            }
            plots.add(new Plot("", "", (x.length > ENLARGED ? "the last " + ENLARGED + ": " : "") + yName, 430)
                    .line("truth", happenedLast, Plot.GREY)
                    .line("forecast", predictedLast, Plot.ORANGE));
            plots.add(new Plot("", xName, "truth − forecast", 220)
                    .thinLine("error", wrongLast, Plot.BLUE)
                    .level("0", 0, Plot.GREY)
                    .withoutLegend());
            return Sheet.of(plots, Labels.title(title), Labels.line(figures));
        });
    }

    private static double[] last(double[] values, int count) {
        return Arrays.copyOfRange(values, values.length - count, values.length);
    }

    private static boolean wantsLog(Points... lines) {
        double[] values = Arrays.stream(lines)
                .flatMapToDouble(line -> DoubleStream.of(line.y()))
                .sorted()
                .toArray();
        return values.length > 0
                && Points.drawableAsLog(values[0])
                && values[values.length - 1] / values[0] > LOG_FROM_RATIO;
    }

    private static void draw(Path png, Supplier<Plot> plot) throws IOException {
        write(png, () -> plot.get().render());
    }

    private static void write(Path png, Supplier<BufferedImage> picture) throws IOException {
        BufferedImage image;
        try {
            image = picture.get();
        } catch (LinkageError | InternalError | AWTError e) {
            // What a Java without fontconfig or a font throws, as is common in small container images.
            throw new IOException(png + ": cannot draw: this Java finds no fonts, install fontconfig and a font", e);
        }
        byte[] encoded = encode(image, png);
        AtomicFiles.write(png, out -> out.write(encoded));
    }

    /** In memory: on a full disk ImageIO's own stream says nothing of the reason, and later throws in a thread of its own. */
    private static byte[] encode(BufferedImage image, Path png) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(image, "png", out)) {
                throw new IOException(png + ": this Java cannot write PNG");
            }
        }
        return bytes.toByteArray();
    }
}
