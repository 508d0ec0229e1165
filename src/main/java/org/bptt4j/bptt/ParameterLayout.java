package org.bptt4j.bptt;

import java.util.ArrayList;
import java.util.List;
import org.bptt4j.spec.RnnSpec;

/**
 * Where each parameter of a network lies in one flat buffer: layer by layer, direction by direction {@code weight_ih [G·H, I or
 * D·H], weight_hh [G·H, H], bias_ih [G·H], bias_hh [G·H]}, then {@code head.weight [O, D·H], head.bias [O]}. One buffer makes the
 * norm, the clipping and the update one pass each.
 *
 * <p>Each begins at a multiple of {@link #ALIGNMENT} elements. The padding behind it is zero for good: no gradient is written
 * there, so that it adds nothing to a norm and no rule moves it.
 */
public final class ParameterLayout {
    /**
     * 128 bytes, as a card's caches are read by a warp of 32 threads; products with vector loads need 16 of them.
     */
    static final int ALIGNMENT = 32;

    private final List<Parameter> parameters = new ArrayList<>();
    private long length;

    /** An {@link IllegalArgumentException} if the elements of the buffer cannot be counted. */
    public ParameterLayout(RnnSpec spec) {
        int gateRows = spec.gateRows();
        for (int l = 0; l < spec.layers(); l++) {
            for (int d = 0; d < spec.directions(); d++) {
                String suffix = "_l" + l + (d == 0 ? "" : "_reverse");
                add("rnn.weight_ih" + suffix, l, gateRows, spec.layerInputSize(l), false);
                add("rnn.weight_hh" + suffix, l, gateRows, spec.hiddenSize(), false);
                add("rnn.bias_ih" + suffix, l, 1, gateRows, true);
                add("rnn.bias_hh" + suffix, l, 1, gateRows, true);
            }
        }
        if (spec.hasHead()) {
            add("head.weight", spec.layers(), spec.outputSize(), spec.layerOutputSize(), false);
            add("head.bias", spec.layers(), 1, spec.outputSize(), true);
        }
    }

    private void add(String name, int layer, int rows, int cols, boolean bias) {
        long size = (long) rows * cols;
        if (size > Long.MAX_VALUE - ALIGNMENT - length) {
            throw new IllegalArgumentException("parameter " + name + " [" + rows + ", " + cols
                    + "]: the number of elements up to it overflows 64 bits; use fewer hidden units or layers");
        }
        parameters.add(new Parameter(name, layer, length, rows, cols, bias));
        length += (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** All parameters in the buffer's order. */
    public List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    /** Elements of the buffer, padding among them. */
    public long length() {
        return length;
    }

    /** The parameter called {@code name}; an {@link IllegalArgumentException} lists the names there are. */
    public Parameter get(String name) {
        return parameters.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no parameter is called '" + name + "'; there are "
                        + parameters.stream().map(Parameter::name).toList()));
    }
}
