package org.bptt4j.benchmarks;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.RNN;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import java.util.LinkedHashMap;
import java.util.Map;

/** DJL's RNN and Linear blocks on its PyTorch engine. */
final class DjlContender implements Contender {
    private final NDManager manager;
    private final ParameterStore store;
    private final RNN rnn;
    private final Linear head;
    private final NDArray x;
    private final NDArray targets;
    private final int outputs;
    private final Map<String, NDArray> parameters = new LinkedHashMap<>();

    DjlContender(Problem p, int threads) {
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        manager = NDManager.newBaseManager(Device.cpu());
        store = new ParameterStore(manager, false);
        outputs = p.outputs();
        rnn = RNN.builder()
                .setStateSize(p.hidden())
                .setNumLayers(1)
                .optBatchFirst(false)
                .setActivation(RNN.Activation.TANH)
                .build();
        head = Linear.builder().setUnits(p.outputs()).build();
        rnn.initialize(manager, DataType.FLOAT32, new Shape(p.steps(), p.batch(), p.inputs()));
        head.initialize(manager, DataType.FLOAT32, new Shape(p.steps(), p.batch(), p.hidden()));
        String[] names = {"rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0"};
        Map<String, float[]> weights = p.weights();
        int i = 0;
        for (Parameter parameter : rnn.getDirectParameters().values()) {
            set(names[i], parameter.getArray(), weights.get(names[i]));
            i++;
        }
        set("head.weight", head.getDirectParameters().get("weight").getArray(), weights.get("head.weight"));
        set("head.bias", head.getDirectParameters().get("bias").getArray(), weights.get("head.bias"));
        x = manager.create(p.x(), new Shape(p.steps(), p.batch(), p.inputs()));
        targets = manager.create(p.targets(), new Shape((long) p.steps() * p.batch()))
                .toType(DataType.INT64, false);
    }

    private void set(String name, NDArray array, float[] values) {
        array.set(values);
        array.setRequiresGradient(true);
        parameters.put(name, array);
    }

    @Override
    public double step() {
        try (NDManager scope = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.zeroGradients();
            NDArray input = x.duplicate();
            input.attach(scope);
            NDList h = rnn.forward(store, new NDList(input), true);
            h.attach(scope);
            NDList y = head.forward(store, new NDList(h.get(0)), true);
            y.attach(scope);
            NDArray logits = y.singletonOrThrow().reshape(-1, outputs);
            NDArray loss = new SoftmaxCrossEntropyLoss("loss", 1, -1, true, true)
                    .evaluate(new NDList(targets), new NDList(logits));
            logits.attach(scope);
            loss.attach(scope);
            collector.backward(loss);
            return loss.toFloatArray()[0];
        }
    }

    @Override
    public Map<String, float[]> gradients() {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        parameters.forEach((name, array) -> {
            try (NDArray gradient = array.getGradient()) {
                gradients.put(name, gradient.toFloatArray());
            }
        });
        return gradients;
    }

    @Override
    public void close() {
        manager.close();
    }
}
