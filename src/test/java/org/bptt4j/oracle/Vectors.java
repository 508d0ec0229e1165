package org.bptt4j.oracle;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/** Between float arrays and the vectors of the oracle. */
public final class Vectors {
    private Vectors() {}

    static RealVector zeros(int length) {
        return new ArrayRealVector(length);
    }

    /** {@code length} elements of {@code from}, starting at {@code start}. */
    static RealVector at(float[] from, int start, int length) {
        RealVector v = new ArrayRealVector(length);
        for (int i = 0; i < length; i++) {
            v.setEntry(i, from[start + i]);
        }
        return v;
    }

    /** Piece {@code i} of {@code count} pieces of the same length. */
    static RealVector part(RealVector v, int i, int count) {
        int length = v.getDimension() / count;
        return v.getSubVector(i * length, length);
    }

    /** One behind the other. */
    static RealVector joined(RealVector... parts) {
        RealVector all = new ArrayRealVector(0);
        for (RealVector part : parts) {
            all = all.append(part);
        }
        return all;
    }

    static RealVector sigmoid(RealVector v) {
        return v.map(a -> 1 / (1 + Math.exp(-a)));
    }

    static RealVector oneMinus(RealVector v) {
        return v.map(a -> 1 - a);
    }

    static RealMatrix row(RealVector v) {
        return new Array2DRowRealMatrix(new double[][] {v.toArray()});
    }

    /** Vectors [i][j] one after another; one that is null is zeros. */
    static double[] flat(RealVector[][] vectors, int length) {
        double[] all = new double[vectors.length * vectors[0].length * length];
        int at = 0;
        for (RealVector[] line : vectors) {
            for (RealVector v : line) {
                if (v != null) {
                    System.arraycopy(v.toArray(), 0, all, at, length);
                }
                at += length;
            }
        }
        return all;
    }

    /** The elements of a matrix, row-major. */
    public static double[] flat(RealMatrix m) {
        double[] all = new double[m.getRowDimension() * m.getColumnDimension()];
        for (int i = 0; i < all.length; i++) {
            all[i] = m.getEntry(i / m.getColumnDimension(), i % m.getColumnDimension());
        }
        return all;
    }
}
