package org.bptt4j.benchmarks.block;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.benchmarks.Contender;

/**
 * The layer as a textbook writes it, sequence by sequence and step by step in nested loops of plain Java, one thread, in double
 * precision: what the others' results are held against on small sizes.
 */
final class TextbookBlock implements Contender {
    private final Block block;
    private final TextbookCell cell;
    private final float[] x;
    private final float[] dH;
    private final Map<String, float[]> weights;
    private final float[] h;
    private final float[] dX;
    private TextbookGates ih;
    private TextbookGates hh;

    /** @param resetFirst for a GRU: whether the reset gate comes before the product */
    TextbookBlock(Block block, boolean resetFirst) {
        this.block = block;
        cell = TextbookCell.of(block.cell(), resetFirst);
        x = block.x();
        dH = block.dH();
        weights = block.weights();
        h = new float[dH.length];
        dX = new float[x.length];
    }

    @Override
    public void run() {
        int hidden = block.hidden();
        ih = new TextbookGates(hidden, weights.get(Block.WEIGHT_IH), weights.get(Block.BIAS_IH));
        hh = new TextbookGates(hidden, weights.get(Block.WEIGHT_HH), weights.get(Block.BIAS_HH));
        for (int b = 0; b < block.batch(); b++) {
            TextbookCell.Step last = TextbookCell.Step.zero(hidden);
            for (int t = 0; t < block.steps(); t++) {
                last = cell.forward(ih, hh, row(x, t, b, block.inputs()), last);
                put(last.h(), h, t, b);
            }
            backward(last, b);
        }
    }

    private void backward(TextbookCell.Step last, int b) {
        double[] carried = new double[block.hidden()];
        double[] dC = new double[block.hidden()];
        TextbookCell.Step step = last;
        for (int t = block.steps() - 1; t >= 0; t--) {
            double[] above = row(dH, t, b, block.hidden());
            for (int i = 0; i < carried.length; i++) {
                carried[i] += above[i];
            }
            double[] dInput = new double[block.inputs()];
            double[] dHBefore = new double[block.hidden()];
            double[] dCBefore = new double[block.hidden()];
            cell.backward(ih, hh, step, carried, dC, dInput, dHBefore, dCBefore);
            put(dInput, dX, t, b);
            carried = dHBefore;
            dC = dCBefore;
            step = step.before();
        }
    }

    private double[] row(float[] from, int t, int b, int cols) {
        double[] row = new double[cols];
        for (int i = 0; i < cols; i++) {
            row[i] = from[(t * block.batch() + b) * cols + i];
        }
        return row;
    }

    private void put(double[] row, float[] to, int t, int b) {
        for (int i = 0; i < row.length; i++) {
            to[(t * block.batch() + b) * row.length + i] = (float) row[i];
        }
    }

    @Override
    public Map<String, float[]> results() {
        Map<String, float[]> results = new LinkedHashMap<>();
        results.put(Block.H, h);
        results.put(Block.DX, dX);
        results.put(Block.WEIGHT_IH, floats(ih.dWeight()));
        results.put(Block.WEIGHT_HH, floats(hh.dWeight()));
        results.put(Block.BIAS_IH, floats(ih.dBias()));
        results.put(Block.BIAS_HH, floats(hh.dBias()));
        return results;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @Override
    public void close() {
        // Nothing but arrays.
    }
}
