package org.bptt4j.benchmarks.gemm;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.util.Map;
import org.bptt4j.benchmarks.Contender;
import org.bytedeco.javacpp.FloatPointer;

/** OpenBLAS's {@code cblas_sgemm}, its data in native memory. Its threads are set by the environment of the process. */
final class OpenBlasGemm implements Contender {
    private final Gemm g;
    private final int transposeA;
    private final int transposeB;
    private final FloatPointer a;
    private final FloatPointer b;
    private final FloatPointer c;

    OpenBlasGemm(Gemm g) {
        this.g = g;
        transposeA = g.mode().transposesA() ? CblasTrans : CblasNoTrans;
        transposeB = g.mode().transposesB() ? CblasTrans : CblasNoTrans;
        a = new FloatPointer(g.a());
        b = new FloatPointer(g.b());
        c = new FloatPointer((long) g.m() * g.n());
    }

    @Override
    public void run() {
        cblas_sgemm(
                CblasRowMajor,
                transposeA,
                transposeB,
                g.m(),
                g.n(),
                g.k(),
                1f,
                a,
                g.colsA(),
                b,
                g.colsB(),
                0f,
                c,
                g.n());
    }

    @Override
    public Map<String, float[]> results() {
        float[] values = new float[g.m() * g.n()];
        c.get(values);
        return Gemm.results(values);
    }

    @Override
    public void close() {
        a.close();
        b.close();
        c.close();
    }
}
