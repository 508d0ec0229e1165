package org.bptt4j.spec;

/**
 * How the recurrent parameters get their first values. The head is always U(−1/√(D·H), 1/√(D·H)), as PyTorch's {@code nn.Linear} of D·H inputs has it. Both
 * directions of a layer are drawn alike, each for itself.
 */
public enum Initialization {
    /** Every parameter U(−1/√H, 1/√H): PyTorch's default. */
    UNIFORM,
    /** The H rows of W_hh of each gate orthogonal (QR of a Gaussian matrix; Saxe et al. 2014), W_ih uniform, biases zero. */
    ORTHOGONAL,
    /** W_hh the identity, W_ih N(0, 0.001²), biases zero: with ReLU the IRNN of Le, Jaitly and Hinton (2015). Of plain cells only. */
    IDENTITY,
    /**
     * W_ih and W_hh U(±√(6/(fan_in + fan_out))) (Glorot and Bengio 2010), biases zero. The fans are those of the whole tensor, G·H rows, as PyTorch's {@code
     * xavier_uniform_} has them.
     */
    XAVIER;

    /** An {@link IllegalArgumentException} with the reason if {@code cell} cannot begin so. */
    public void requireFits(Cell cell) {
        if (this == IDENTITY && !cell.isPlain()) {
            throw new IllegalArgumentException(
                    "identity keeps the state of a cell without gates, h = f(h + …); gates, as " + cell
                            + " has them, would copy it through σ and tanh: use orthogonal, or tanh or relu cells");
        }
    }
}
