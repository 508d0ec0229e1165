package org.bptt4j.benchmarks.block;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.recurrent.RecurrentBlock;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.Djl;

/** DJL's recurrent blocks on its PyTorch engine; libtorch is given ∂L/∂h, so that no loss is computed. */
final class DjlBlock implements Contender {
    private final NDManager manager;
    private final ParameterStore store;
    private final RecurrentBlock layer;
    private final NDArray x;
    private final NDArray dH;
    private final Map<String, NDArray> parameters = new LinkedHashMap<>();
    private NDArray h;

    DjlBlock(Block block, int threads) {
        manager = Djl.open(threads);
        store = new ParameterStore(manager, false);
        Shape input = new Shape(block.steps(), block.batch(), block.inputs());
        layer = Djl.layer(manager, block.cell(), input, block.hidden(), block.weights(), parameters);
        x = manager.create(block.x(), input);
        x.setRequiresGradient(true);
        dH = manager.create(block.dH(), new Shape(block.steps(), block.batch(), block.hidden()));
    }

    @Override
    public void run() {
        close(h);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.zeroGradients();
            // The block takes its input over and closes it; a reshaped view of the same memory may go.
            NDArray view = x.reshape(x.getShape());
            NDList out = layer.forward(store, new NDList(view), true);
            h = out.get(0);
            JniUtils.backward((PtNDArray) h, (PtNDArray) dH, false, false);
            view.close();
            out.subList(1, out.size()).forEach(NDArray::close);
        }
    }

    private static void close(NDArray array) {
        if (array != null) {
            array.close();
        }
    }

    @Override
    public Map<String, float[]> results() {
        Map<String, float[]> results = new LinkedHashMap<>();
        results.put(Block.H, h.toFloatArray());
        results.put(Block.DX, Djl.gradient(x));
        parameters.forEach((name, array) -> results.put(name, Djl.gradient(array)));
        return results;
    }

    @Override
    public void close() {
        manager.close();
    }
}
