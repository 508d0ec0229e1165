package org.bptt4j.benchmarks.step;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.RecurrentBlock;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.Djl;

/** DJL's recurrent and Linear blocks on its PyTorch engine. */
final class DjlStep implements Contender {
    private final NDManager manager;
    private final ParameterStore store;
    private final RecurrentBlock layer;
    private final Linear head;
    private final NDArray x;
    private final NDArray targets;
    private final int outputs;
    private final Map<String, NDArray> parameters = new LinkedHashMap<>();
    private float loss;

    DjlStep(Step s, int threads) {
        manager = Djl.open(threads);
        store = new ParameterStore(manager, false);
        outputs = s.outputs();
        Map<String, float[]> weights = s.weights();
        Shape input = new Shape(s.steps(), s.batch(), s.inputs());
        layer = Djl.layer(manager, s.cell(), input, s.hidden(), weights, parameters);
        head = Linear.builder().setUnits(s.outputs()).build();
        head.initialize(manager, DataType.FLOAT32, new Shape(s.steps(), s.batch(), s.hidden()));
        for (String name : new String[] {"weight", "bias"}) {
            Parameter parameter = head.getDirectParameters().get(name);
            Djl.set(parameter, weights.get("head." + name));
            parameters.put("head." + name, parameter.getArray());
        }
        x = manager.create(s.x(), input);
        targets = manager.create(s.targets(), new Shape((long) s.steps() * s.batch()))
                .toType(DataType.INT64, false);
    }

    @Override
    public void run() {
        try (NDManager scope = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.zeroGradients();
            NDArray input = x.duplicate();
            input.attach(scope);
            NDList h = layer.forward(store, new NDList(input), true);
            h.attach(scope);
            NDList y = head.forward(store, new NDList(h.get(0)), true);
            y.attach(scope);
            NDArray logits = y.singletonOrThrow().reshape(-1, outputs);
            NDArray mean = new SoftmaxCrossEntropyLoss("loss", 1, -1, true, true)
                    .evaluate(new NDList(targets), new NDList(logits));
            logits.attach(scope);
            mean.attach(scope);
            collector.backward(mean);
            loss = mean.toFloatArray()[0];
        }
    }

    @Override
    public Map<String, float[]> results() {
        Map<String, float[]> results = new LinkedHashMap<>();
        results.put(Step.LOSS, new float[] {loss});
        parameters.forEach((name, array) -> results.put(name, Djl.gradient(array)));
        return results;
    }

    @Override
    public void close() {
        manager.close();
    }
}
