package org.bptt4j.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.knowm.xchart.XYChart;

/** Plots below each other in one picture, their vertical axes in one line, under a title and a line of text. */
final class Sheet {
    private static final Color TEXT = new Color(0x33, 0x33, 0x33);
    private static final Color HIGHLIGHT = new Color(0xe0, 0x6c, 0x10, 34);
    private static final int MARGIN = 20;
    private static final int TITLE = 40;
    private static final int NOTE = 26;

    private Sheet() {}

    /** The picture, as wide as a plot; without a title and a note as high as the plots together. */
    static BufferedImage of(List<Plot> plots, String title, String note) {
        int head = (title.isBlank() ? 0 : TITLE) + (note.isBlank() ? 0 : NOTE);
        int height = head + plots.stream().mapToInt(Plot::height).sum();
        BufferedImage image = new BufferedImage(Plot.WIDTH, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = graphics(image);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, Plot.WIDTH, height);
        text(graphics, title, new Font(Font.SANS_SERIF, Font.BOLD, 18), TITLE - 12);
        text(graphics, note, new Font(Font.SANS_SERIF, Font.PLAIN, 14), head - 8);
        List<XYChart> charts = plots.stream().map(Plot::build).toList();
        double widest = widest(charts, plots);
        int top = head;
        for (int i = 0; i < charts.size(); i++) {
            Graphics2D part = (Graphics2D) graphics.create();
            int moved = charts.size() == 1
                    ? 0
                    : (int) Math.round(widest - charts.get(i).getYAxisLeftWidth());
            part.translate(moved, top);
            charts.get(i).paint(part, Plot.WIDTH - moved, plots.get(i).height());
            Rectangle2D behind = plots.get(i).behind();
            if (behind != null) {
                part.setColor(HIGHLIGHT);
                part.fill(behind);
            }
            part.dispose();
            top += plots.get(i).height();
        }
        graphics.dispose();
        return image;
    }

    /** The width of the widest vertical axis, which is known only once it was painted. */
    private static double widest(List<XYChart> charts, List<Plot> plots) {
        if (charts.size() == 1) {
            return 0;
        }
        double widest = 0;
        for (int i = 0; i < charts.size(); i++) {
            Graphics2D scratch = graphics(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
            charts.get(i).paint(scratch, Plot.WIDTH, plots.get(i).height());
            scratch.dispose();
            widest = Math.max(widest, charts.get(i).getYAxisLeftWidth());
        }
        return widest;
    }

    private static Graphics2D graphics(BufferedImage image) {
        Graphics2D graphics = image.createGraphics();
        // Without this, points move to whole pixels and smooth curves wobble.
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        return graphics;
    }

    /** In the middle of a line; smaller if it is too long. */
    private static void text(Graphics2D graphics, String words, Font font, int baseline) {
        if (words.isBlank()) {
            return;
        }
        graphics.setColor(TEXT);
        graphics.setFont(font);
        int width = graphics.getFontMetrics().stringWidth(words);
        int most = Plot.WIDTH - 2 * MARGIN;
        if (width > most) {
            graphics.setFont(font.deriveFont((float) font.getSize() * most / width));
            width = graphics.getFontMetrics().stringWidth(words);
        }
        graphics.drawString(words, (Plot.WIDTH - width) / 2, baseline);
    }
}
