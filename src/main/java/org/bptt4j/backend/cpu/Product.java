package org.bptt4j.backend.cpu;

/**
 * Rows of A times panels of a {@link PackedMatrix} B, as one thread computes them: {@code c = init + a·B}, k ascending in one chain per element. Made once,
 * set for every product.
 */
final class Product {
    final Operand a = new Operand();
    /** Where the chains of B's first {@link #started} sections begin, {@link #startGap} columns apart; may be c. */
    final Operand init = new Operand();
    /** C's columns of the first section begin here, those of the next {@link #gap} further on. */
    final Operand c = new Operand();

    /** Rows of a, init and c. */
    int rows;
    /** Sections whose chains begin in init; those of the others begin at zero. */
    int started;

    int startGap;
    int gap;
    /** Panels {@code from … to−1} of every section. */
    int from;

    int to;
    private final int scratchLength;
    private float[] scratch;

    Product(Kernels kernels) {
        scratchLength = PackedMatrix.scratchLength(kernels);
    }

    /** Memory of {@link PackedMatrix#multiply}. */
    float[] scratch() {
        scratch = Workspace.floats(scratch, scratchLength);
        return scratch;
    }
}
