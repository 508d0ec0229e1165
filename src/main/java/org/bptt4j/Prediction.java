package org.bptt4j;

/** What a network answers to a batch: outputs, and the states that it ends with. Its arrays belong to the caller. */
public final class Prediction {
    private final int steps;
    private final int rows;
    private final int width;
    private final float[] outputs;
    private final float[] finalState;
    private final float[] finalCellState;

    Prediction(int steps, int rows, int width, float[] outputs, float[] finalState, float[] finalCellState) {
        this.steps = steps;
        this.rows = rows;
        this.width = width;
        this.outputs = outputs;
        this.finalState = finalState;
        this.finalCellState = finalCellState;
    }

    /** T, or 1 if each row was asked for its last step only. */
    public int steps() {
        return steps;
    }

    /** B. */
    public int rows() {
        return rows;
    }

    /** O, or D·H of a network without a head. */
    public int width() {
        return width;
    }

    /** The outputs y [T,B,O] as the head gives them (logits of classes), or h [T,B,D·H] without a head; what lies in padding means nothing. */
    public float[] outputs() {
        return outputs;
    }

    /** h_n [L·D,B,H]: of each row after its last step. */
    public float[] finalState() {
        return finalState;
    }

    /** c_n [L·D,B,H], or null if the cell has none. */
    public float[] finalCellState() {
        return finalCellState;
    }

    /** The probability of each class [T,B,O] where the loss is cross-entropy: softmax, p_o = exp y_o / Σ_j exp y_j. */
    public float[] softmax() {
        float[] p = new float[outputs.length];
        double[] powers = new double[width];
        for (int at = 0; at < p.length; at += width) {
            float most = outputs[at + argMax(at)];
            double sum = 0;
            for (int o = 0; o < width; o++) {
                powers[o] = Math.exp((double) outputs[at + o] - most);
                sum += powers[o];
            }
            for (int o = 0; o < width; o++) {
                p[at + o] = (float) (powers[o] / sum);
            }
        }
        return p;
    }

    /** The probability of each label by itself [T,B,O] where the loss is binary cross-entropy: the sigmoid, p = 1 / (1 + exp −y). */
    public float[] sigmoid() {
        float[] p = new float[outputs.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = (float) (1 / (1 + Math.exp(-outputs[i])));
        }
        return p;
    }

    /** The most likely class [T,B]; of equal ones the first. */
    public int[] argMax() {
        int[] classes = new int[outputs.length / width];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = argMax(i * width);
        }
        return classes;
    }

    private int argMax(int at) {
        int most = 0;
        for (int o = 1; o < width; o++) {
            most = outputs[at + o] > outputs[at + most] ? o : most;
        }
        return most;
    }

    @Override
    public String toString() {
        return "Prediction[" + steps + " steps, " + rows + " rows, " + width + " outputs]";
    }
}
