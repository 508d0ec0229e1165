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
import org.bptt4j.spec.Remembering;
import org.bptt4j.spec.RnnSpec;

/** First values of the parameters. Each parameter is drawn in the layout's order from one generator of the given seed. */
final class Initializer {
    private static final double IDENTITY_INPUT_DEVIATION = 1e-3;

    private final RnnSpec spec;
    private final Initialization kind;
    private final Remembering remembering;
    private final RandomGenerator random;

    /**
     * Refuses what the cell cannot have.
     *
     * @param remembering how a forget gate begins, or null as everything else
     */
    Initializer(RnnSpec spec, Initialization kind, Remembering remembering, long seed) {
        kind.requireFits(spec.cell());
        if (remembering != null) {
            remembering.requireFits(spec.cell());
        }
        this.spec = spec;
        this.kind = kind;
        this.remembering = remembering;
        this.random = new Well19937c(seed);
    }

    /** Values of {@code p}, row-major. */
    float[] values(Parameter p) {
        if (p.layer() == spec.layers()) {
            return uniform(p, 1 / Math.sqrt(spec.layerOutputSize()));
        }
        float[] values = recurrent(p);
        if (remembering != null && p.bias()) {
            remember(values, p.name().contains("bias_ih"));
        }
        return values;
    }

    private void remember(float[] bias, boolean first) {
        int forget = spec.cell().forgetGate() * spec.hiddenSize();
        int input = spec.cell().inputGate() * spec.hiddenSize();
        for (int j = 0; j < spec.hiddenSize(); j++) {
            if (remembering.steps() == 0) {
                bias[forget + j] = first ? (float) remembering.bias() : 0f;
            } else {
                float b = first ? (float) Math.log(1 + random.nextDouble() * (remembering.steps() - 2)) : 0f;
                bias[forget + j] = b;
                bias[input + j] = first ? -b : 0f;
            }
        }
    }

    private float[] recurrent(Parameter p) {
        if (kind == Initialization.UNIFORM) {
            return uniform(p, 1 / Math.sqrt(spec.hiddenSize()));
        }
        if (p.bias()) {
            return new float[p.length()];
        }
        boolean weightHh = p.name().contains("weight_hh");
        return switch (kind) {
            case XAVIER -> uniform(p, Math.sqrt(6.0 / (p.rows() + p.cols())));
            case ORTHOGONAL -> weightHh ? orthogonal(p) : uniform(p, 1 / Math.sqrt(spec.hiddenSize()));
            case IDENTITY ->
                weightHh ? identity(p) : draw(p, new NormalDistribution(random, 0, IDENTITY_INPUT_DEVIATION));
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

    /** One orthogonal block of H rows for each gate. */
    private float[] orthogonal(Parameter p) {
        float[] values = new float[p.length()];
        for (int block = 0; block < values.length; block += p.cols() * p.cols()) {
            orthogonal(p.cols(), values, block);
        }
        return values;
    }

    /** Q of a Gaussian matrix, its columns' signs set by R's diagonal so that Q is uniform over the orthogonal group. */
    private void orthogonal(int n, float[] values, int start) {
        RealMatrix gaussian = new Array2DRowRealMatrix(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                gaussian.setEntry(i, j, random.nextGaussian());
            }
        }
        QRDecomposition qr = new QRDecomposition(gaussian);
        RealMatrix q = qr.getQ();
        RealMatrix r = qr.getR();
        for (int i = 0; i < n * n; i++) {
            int column = i % n;
            values[start + i] = (float) (q.getEntry(i / n, column) * Math.signum(r.getEntry(column, column)));
        }
    }
}
