package org.bptt4j.backend;

/** Whether a GEMM reads an operand as stored or transposed. */
public enum Transpose {
    NO,
    YES
}
