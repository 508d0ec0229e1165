package org.bptt4j.spec;

/** How the recurrent parameters get their first values. The head is always U(−1/√H, 1/√H). */
public enum Initialization {
    /** Every parameter U(−1/√H, 1/√H): PyTorch's default. */
    UNIFORM,
    /** W_hh orthogonal (QR of a Gaussian matrix; Saxe et al. 2014), the rest uniform, biases zero. */
    ORTHOGONAL,
    /** W_hh the identity, W_ih N(0, 0.001²), biases zero: with ReLU the IRNN of Le, Jaitly and Hinton (2015). */
    IDENTITY,
    /** W_ih and W_hh U(±√(6/(fan_in + fan_out))) (Glorot and Bengio 2010), biases zero. */
    XAVIER
}
