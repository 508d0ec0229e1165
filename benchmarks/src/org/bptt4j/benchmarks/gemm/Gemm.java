package org.bptt4j.benchmarks.gemm;

import java.util.Locale;
import java.util.Map;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.Data;
import org.bptt4j.benchmarks.Workload;

/** One product C [M,N] = op(A)·op(B), C overwritten. */
public record Gemm(int m, int n, int k, Mode mode) implements Workload {
    public static final String FORMAT = "M,N,K[,nt|nn|tn]";

    private static final String SIZES = "M,N,K";

    /** Which operands are read transposed. */
    public enum Mode {
        /** A [M,K] · B [N,K]ᵀ: states and inputs with PyTorch's weights. */
        NT,
        /** A [M,K] · B [K,N]: deltas with the same weights, backward. */
        NN,
        /** A [K,M]ᵀ · B [K,N]: weight gradients, K = T·B. */
        TN;

        public boolean transposesA() {
            return this == TN;
        }

        public boolean transposesB() {
            return this == NT;
        }
    }

    public static Gemm parse(String config) {
        int comma = config.lastIndexOf(',');
        String last = config.substring(comma + 1);
        boolean named = !last.isEmpty() && Character.isLetter(last.charAt(0));
        int[] v = Data.sizes(named ? config.substring(0, comma) : config, SIZES);
        return new Gemm(v[0], v[1], v[2], named ? Mode.valueOf(last.toUpperCase(Locale.ROOT)) : Mode.NT);
    }

    @Override
    public Contender open(String name, int threads) {
        return switch (name) {
            case "bptt4j" -> new Bptt4jGemm(this, Workload.cpu(threads));
            case "openblas" -> new OpenBlasGemm(this);
            case "mkl" -> new MklGemm(this);
            default -> throw Workload.unknown(name);
        };
    }

    float[] a() {
        return Data.gaussian(1, m * k);
    }

    float[] b() {
        return Data.gaussian(2, k * n);
    }

    /** Columns of A as stored, its leading dimension. */
    int colsA() {
        return mode.transposesA() ? m : k;
    }

    /** Columns of B as stored, its leading dimension. */
    int colsB() {
        return mode.transposesB() ? k : n;
    }

    static Map<String, float[]> results(float[] c) {
        return Map.of("c", c);
    }

    @Override
    public double flop() {
        return 2.0 * m * n * k;
    }
}
