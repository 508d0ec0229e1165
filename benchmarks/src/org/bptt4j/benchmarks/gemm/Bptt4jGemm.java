package org.bptt4j.benchmarks.gemm;

import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.Transpose;
import org.bptt4j.benchmarks.Contender;

/** Ours, through the seam. With A transposed it is the kernel of the weight gradients, C filled with zeros before. */
public final class Bptt4jGemm implements Contender {
    private final Backend backend;
    private final Transpose transposeA;
    private final Transpose transposeB;
    private final Matrix a;
    private final Matrix b;
    private final Matrix c;

    /** @param backend closed with this */
    public Bptt4jGemm(Gemm g, Backend backend) {
        this.backend = backend;
        transposeA = g.mode().transposesA() ? Transpose.YES : Transpose.NO;
        transposeB = g.mode().transposesB() ? Transpose.YES : Transpose.NO;
        a = matrix(g.a(), g.colsA());
        b = matrix(g.b(), g.colsB());
        c = Matrix.of(backend.allocate((long) g.m() * g.n()), g.m(), g.n());
    }

    private Matrix matrix(float[] values, int cols) {
        Matrix matrix = Matrix.of(backend.allocate(values.length), values.length / cols, cols);
        backend.upload(values, 0, values.length, matrix.array(), 0);
        return matrix;
    }

    @Override
    public void run() {
        backend.gemm(transposeA, a, transposeB, b, false, c);
        backend.synchronize();
    }

    @Override
    public Map<String, float[]> results() {
        float[] values = new float[Math.toIntExact(c.rows() * c.cols())];
        backend.download(c.array(), 0, values, 0, values.length);
        return Gemm.results(values);
    }

    @Override
    public void close() {
        backend.close();
    }
}
