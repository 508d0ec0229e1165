package org.bptt4j.spec;

/**
 * The recurrent cell. Both have one gate: {@code h_t = f(W_ih·x_t + b_ih + W_hh·h_{t−1} + b_hh)}.
 *
 * <p>Source: Elman, "Finding structure in time" (1990); parameters as in PyTorch's {@code nn.RNN}.
 */
public enum Cell {
    /** f = tanh, f'(a) = 1 − f(a)². */
    TANH(1),
    /** f = max(0, ·), f'(a) = 1 where f(a) &gt; 0, else 0. */
    RELU(1);

    private final int gates;

    Cell(int gates) {
        this.gates = gates;
    }

    /** G, the number of rows of pre-activations per hidden unit. */
    public int gates() {
        return gates;
    }
}
