package org.bptt4j.bptt;

/**
 * Host memory for what has to be changed on its way to the device, kept for the next batch. It is used from filling to uploading
 * only, so that one serves all.
 */
final class Staging {
    private float[] floats = new float[0];
    private int[] ints = new int[0];

    /** At least {@code count} floats, with anything in them. */
    float[] floats(int count) {
        if (floats.length < count) {
            floats = new float[count];
        }
        return floats;
    }

    /** At least {@code count} ints, with anything in them. */
    int[] ints(int count) {
        if (ints.length < count) {
            ints = new int[count];
        }
        return ints;
    }
}
