package org.bptt4j.bptt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.Require;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Sizes;

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

    /** Names in a message. */
    private static final int MOST_NAMES = 20;

    private final List<Parameter> parameters;
    private final Map<String, Parameter> byName;
    private long length;

    /** An {@link IllegalArgumentException} if the elements of the buffer cannot be counted; takes time by the number of layers. */
    public ParameterLayout(RnnSpec spec) {
        length(spec);
        List<Parameter> list = new ArrayList<>();
        int gateRows = spec.gateRows();
        for (int l = 0; l < spec.layers(); l++) {
            for (int d = 0; d < spec.directions(); d++) {
                String suffix = "_l" + l + (d == 0 ? "" : "_reverse");
                add(list, "rnn.weight_ih" + suffix, l, gateRows, spec.layerInputSize(l), false);
                add(list, "rnn.weight_hh" + suffix, l, gateRows, spec.hiddenSize(), false);
                add(list, "rnn.bias_ih" + suffix, l, 1, gateRows, true);
                add(list, "rnn.bias_hh" + suffix, l, 1, gateRows, true);
            }
        }
        if (spec.hasHead()) {
            add(list, "head.weight", spec.layers(), spec.outputSize(), spec.layerOutputSize(), false);
            add(list, "head.bias", spec.layers(), 1, spec.outputSize(), true);
        }
        parameters = List.copyOf(list);
        byName = parameters.stream().collect(Collectors.toMap(Parameter::name, p -> p));
    }

    private void add(List<Parameter> list, String name, int layer, int rows, int cols, boolean bias) {
        list.add(new Parameter(name, layer, length, rows, cols, bias));
        length += aligned(rows, cols);
    }

    private static long aligned(long rows, long cols) {
        return (rows * cols + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /**
     * Elements of the buffer of a network, padding among them, without listing its parameters: a billion layers take no time.
     *
     * @throws IllegalArgumentException if they cannot be counted
     */
    static long length(RnnSpec spec) {
        long lowest = layer(spec, 0);
        long others = spec.layers() == 1 ? 0 : Sizes.product(spec.layers() - 1L, layer(spec, 1));
        long head =
                spec.hasHead() ? aligned(spec.outputSize(), spec.layerOutputSize()) + aligned(1, spec.outputSize()) : 0;
        long length = Sizes.sum(Sizes.sum(lowest, others), head);
        if (length == Long.MAX_VALUE) {
            throw new IllegalArgumentException("the parameters of " + Count.of(spec.layers(), "layer") + " of "
                    + Count.of(spec.hiddenSize(), "hidden unit")
                    + ": their number overflows 64 bits; use fewer hidden units (RnnSpec.hiddenSize) or layers"
                    + " (RnnSpec.layers)");
        }
        return length;
    }

    private static long layer(RnnSpec spec, int l) {
        long rows = spec.gateRows();
        // Each below 2⁶² and their sum below 2⁶³, as both factors are ints.
        long weights = Sizes.sum(aligned(rows, spec.layerInputSize(l)), aligned(rows, spec.hiddenSize()));
        return Sizes.product(spec.directions(), Sizes.sum(weights, 2 * aligned(1, rows)));
    }

    /** All parameters in the buffer's order. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** Elements of the buffer, padding among them. */
    public long length() {
        return length;
    }

    /** The parameter called {@code name}; an {@link IllegalArgumentException} lists the names there are. */
    public Parameter get(String name) {
        Parameter parameter = byName.get(Require.given(name, "name"));
        if (parameter == null) {
            throw new IllegalArgumentException("no parameter is called '" + name + "'; there are " + names());
        }
        return parameter;
    }

    private String names() {
        String first =
                parameters.stream().limit(MOST_NAMES).map(Parameter::name).collect(Collectors.joining(", "));
        int more = parameters.size() - MOST_NAMES;
        return more <= 0 ? first : first + " … and " + more + " more";
    }
}
