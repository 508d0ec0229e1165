package org.bptt4j.benchmarks;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/**
 * What is left of an array by which results are compared between processes.
 *
 * @param norm the Euclidean norm
 * @param projection the sum with fixed random signs: of the size of the norm, but another one for other signs or another order
 * @param bits SHA-256 of the elements' bits
 */
record Sums(double norm, double projection, String bits) {
    static Sums of(float[] values) {
        RandomGenerator random = new Well19937c(99);
        double squares = 0;
        double signed = 0;
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        for (float v : values) {
            squares += (double) v * v;
            signed += random.nextBoolean() ? v : -v;
            bytes.putInt(Float.floatToRawIntBits(v));
        }
        return new Sums(Math.sqrt(squares), signed, digest(bytes.array()));
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JVM has it
        }
    }

    /** The reverse of {@link #toString}. */
    static Sums parse(String text) {
        String[] words = text.split(",", -1);
        return new Sums(Double.parseDouble(words[0]), Double.parseDouble(words[1]), words[2]);
    }

    @Override
    public String toString() {
        return norm + "," + projection + "," + bits;
    }

    /** Whether both figures differ by no more than {@code tolerance} times the norm. */
    boolean near(Sums other, double tolerance) {
        double limit = tolerance * norm;
        return Math.abs(norm - other.norm) <= limit && Math.abs(projection - other.projection) <= limit;
    }
}
