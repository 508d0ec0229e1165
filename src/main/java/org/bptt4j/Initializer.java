package org.bptt4j;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.RealDistribution;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.bptt4j.bptt.Parameter;
import org.bptt4j.spec.Initialization;
import org.bptt4j.spec.RnnSpec;

/** First values of the parameters. Each parameter is drawn in the layout's order from one generator of the given seed. */
final class Initializer {
    private static final double IDENTITY_INPUT_DEVIATION = 1e-3;

    private final RnnSpec spec;
    private final Initialization kind;
    private final RandomGenerator random;

    Initializer(RnnSpec spec, Initialization kind, long seed) {
        this.spec = spec;
        this.kind = kind;
        this.random = new Well19937c(seed);
    }

    /** Values of {@code p}, row-major. */
    float[] values(Parameter p) {
        boolean head = p.layer() == spec.layers();
        if (head || kind == Initialization.UNIFORM) {
            return uniform(p, 1 / Math.sqrt(spec.hiddenSize()));
        }
        if (p.bias()) {
            return new float[p.length()];
        }
        boolean recurrent = p.name().contains("weight_hh");
        return switch (kind) {
            case XAVIER -> uniform(p, Math.sqrt(6.0 / (p.rows() + p.cols())));
            case ORTHOGONAL -> recurrent ? orthogonal(p) : uniform(p, 1 / Math.sqrt(spec.hiddenSize()));
            case IDENTITY ->
                recurrent ? identity(p) : draw(p, new NormalDistribution(random, 0, IDENTITY_INPUT_DEVIATION));
            case UNIFORM -> throw new AssertionError("handled above");
        };
    }

    private float[] uniform(Parameter p, double bound) {
        return draw(p, new UniformRealDistribution(random, -bound, bound));
    }

    private static float[] draw(Parameter p, RealDistribution distribution) {
        float[] values = new float[p.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) distribution.sample();
        }
        return values;
    }

    private static float[] identity(Parameter p) {
        float[] values = new float[p.length()];
        for (int i = 0; i < values.length; i += p.cols() + 1) {
            values[i] = 1;
        }
        return values;
    }

    /** Q of a Gaussian matrix, its columns' signs set by R's diagonal so that Q is uniform over the orthogonal group. */
    private float[] orthogonal(Parameter p) {
        int n = p.cols();
        RealMatrix gaussian = new Array2DRowRealMatrix(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                gaussian.setEntry(i, j, random.nextGaussian());
            }
        }
        QRDecomposition qr = new QRDecomposition(gaussian);
        RealMatrix q = qr.getQ();
        float[] values = new float[p.length()];
        for (int i = 0; i < values.length; i++) {
            int column = i % n;
            values[i] =
                    (float) (q.getEntry(i / n, column) * Math.signum(qr.getR().getEntry(column, column)));
        }
        return values;
    }
}
