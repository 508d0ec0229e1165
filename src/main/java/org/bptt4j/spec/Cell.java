package org.bptt4j.spec;

import java.util.List;

/**
 * A recurrent cell: what everybody but the cell's own files needs to know of it, its shapes.
 *
 * <p>Every step begins with two products of G rows a hidden unit, {@code A_t = W_ih·x_t} for all steps at once and {@code P_t =
 * W_hh·h_{t−1}}. From them, both biases and the states before, the cell makes {@code h_t} and, if it has one, the cell state {@code c_t}, for each
 * unit by itself. Each backend has one file with that formula and its derivative; the page docs/adding-a-cell.md adds one.
 *
 * <pre>
 * tanh, relu   h = f(a),  a = A + b_ih + P + b_hh
 * gru          r, z = σ(a),  n = tanh(A_n + b_in + r∘(P_n + b_hn)),  h = (1−z)∘n + z∘h_{t−1}
 * lstm         i, f, o = σ(a), g = tanh(a),  c = f∘c_{t−1} + i∘g,  h = o∘tanh(c)
 * </pre>
 *
 * <p>Order of the gates and parameters as in PyTorch's {@code nn.RNN}, {@code nn.GRU} and {@code nn.LSTM}. Sources: Elman, "Finding structure in time"
 * (1990); Hochreiter and Schmidhuber, "Long short-term memory" (1997), with the forget gate of Gers et al. (2000); Cho et al., "Learning phrase
 * representations" (2014).
 *
 * @param name as the user writes it and as model files have it: "lstm"
 * @param gates G, the rows of pre-activations per hidden unit
 * @param separate how many of the last gates do not simply add A and P: both are kept, and their gradients differ
 * @param hasCellState whether there is a c beside h
 * @param direct whether h_{t−1} reaches h_t beside the product too, as z∘h_{t−1} does
 */
public record Cell(String name, int gates, int separate, boolean hasCellState, boolean direct) {
    /** f = tanh, f'(a) = 1 − f(a)². */
    public static final Cell TANH = new Cell("tanh", 1, 0, false, false);
    /** f = max(0, ·), f'(a) = 1 where f(a) &gt; 0, else 0. */
    public static final Cell RELU = new Cell("relu", 1, 0, false, false);
    /** Gates r, z, n; the reset gate is applied after the product, so that b_hn is inside of it. */
    public static final Cell GRU = new Cell("gru", 3, 1, false, true);
    /** Gates i, f, g, o. */
    public static final Cell LSTM = new Cell("lstm", 4, 0, true, false);

    private static final List<Cell> ALL = List.of(TANH, RELU, GRU, LSTM);

    public Cell {
        Require.given(name, "name");
        if (gates < 1 || separate < 0 || separate > gates) {
            throw new IllegalArgumentException("a cell of " + gates + " gates, " + separate
                    + " of them separate: needs at least 1, and no more separate ones than there are");
        }
    }

    /** The cells that come with the library. */
    public static List<Cell> all() {
        return ALL;
    }

    /** Those that come with the library and have neither gates nor a state beside h: f of a sum. */
    public static List<Cell> plain() {
        return ALL.stream().filter(Cell::isPlain).toList();
    }

    /** The cell of that name; an {@link IllegalArgumentException} lists the names there are. */
    public static Cell of(String name) {
        return ALL.stream()
                .filter(cell -> cell.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no cell is called '" + name + "'; there are "
                        + String.join(", ", ALL.stream().map(Cell::name).toList())));
    }

    /**
     * K, the numbers per hidden unit that a step leaves for the way back, beside its states: one for each gate, and the kept product of each separate one. A
     * {@link #isPlain plain} cell's only one is h itself.
     */
    public int kept() {
        return gates + separate;
    }

    /** Arrays of state: h, and c if there is one. */
    public int states() {
        return hasCellState ? 2 : 1;
    }

    /** Whether f' can be told from h alone: then the one gate has the memory of h, and δ the memory of ∂L/∂h. */
    public boolean isPlain() {
        return kept() == 1 && !hasCellState && !direct;
    }

    /** The number of the gate that says how much of c stays, whose bias may begin large; −1 for a cell without such a gate. */
    public int forgetGate() {
        return equals(LSTM) ? 1 : -1;
    }

    /** The number of the gate that says how much a step adds to c; −1 for a cell without such a gate. */
    public int inputGate() {
        return equals(LSTM) ? 0 : -1;
    }

    @Override
    public String toString() {
        return name;
    }
}
