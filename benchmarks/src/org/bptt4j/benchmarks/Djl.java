package org.bptt4j.benchmarks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.recurrent.RecurrentBlock;
import java.util.List;
import java.util.Map;
import org.bptt4j.spec.Cell;

/** What the contenders on DJL's PyTorch engine share. */
public final class Djl {
    private static final List<String> RNN_PARAMETERS =
            List.of("rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0");

    private Djl() {}

    /** Opens the engine with {@code threads} threads; these settings are read once a process. */
    public static NDManager open(int threads) {
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        return NDManager.newBaseManager(Device.cpu());
    }

    /**
     * One recurrent layer, time-major, for x [T,B,I]; libtorch's order of gates is ours.
     *
     * @param weights by our names
     * @param parameters gets the layer's arrays by our names
     */
    public static RecurrentBlock layer(
            NDManager manager,
            Cell cell,
            Shape input,
            int hidden,
            Map<String, float[]> weights,
            Map<String, NDArray> parameters) {
        RecurrentBlock layer = switch (cell.name()) {
            case "tanh" ->
                sized(RNN.builder(), hidden).setActivation(RNN.Activation.TANH).build();
            case "relu" ->
                sized(RNN.builder(), hidden).setActivation(RNN.Activation.RELU).build();
            case "lstm" -> sized(LSTM.builder(), hidden).build();
            case "gru" -> sized(GRU.builder(), hidden).build();
            default -> throw new IllegalArgumentException("DJL has no cell " + cell);
        };
        layer.initialize(manager, DataType.FLOAT32, input);
        int i = 0;
        for (Parameter parameter : layer.getDirectParameters().values()) {
            String name = RNN_PARAMETERS.get(i);
            set(parameter, weights.get(name));
            parameters.put(name, parameter.getArray());
            i++;
        }
        return layer;
    }

    private static <B extends RecurrentBlock.BaseBuilder<B>> B sized(B builder, int hidden) {
        return builder.setStateSize(hidden).setNumLayers(1).optBatchFirst(false);
    }

    /** Gives a parameter its values and asks for its gradient. */
    public static void set(Parameter parameter, float[] values) {
        parameter.getArray().set(values);
        parameter.getArray().setRequiresGradient(true);
    }

    /** The gradient of {@code array} as a host array. */
    public static float[] gradient(NDArray array) {
        try (NDArray gradient = array.getGradient()) {
            return gradient.toFloatArray();
        }
    }
}
