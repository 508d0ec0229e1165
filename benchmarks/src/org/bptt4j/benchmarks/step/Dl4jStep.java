package org.bptt4j.benchmarks.step;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.Data;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * DL4J's SimpleRnn and RnnOutputLayer on nd4j-native. Its weights are the transposes of ours and its one bias is the sum of ours;
 * sequences are [batch, features, time]. It sums over steps where we take means, which is undone in the results.
 *
 * <p>Its threads are those of OpenMP, set by the environment of the process.
 */
final class Dl4jStep implements Contender {
    private final Step step;
    private final MultiLayerNetwork network;
    private final INDArray x;
    private final INDArray y;

    Dl4jStep(Step s) {
        step = s;
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .list()
                .layer(new SimpleRnn.Builder()
                        .nIn(s.inputs())
                        .nOut(s.hidden())
                        .activation(Activation.TANH)
                        .build())
                .layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nIn(s.hidden())
                        .nOut(s.outputs())
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
        network = new MultiLayerNetwork(configuration);
        network.init();
        Map<String, float[]> weights = s.weights();
        set("0_W", weights.get("rnn.weight_ih_l0"), s.hidden(), s.inputs());
        set("0_RW", weights.get("rnn.weight_hh_l0"), s.hidden(), s.hidden());
        set("0_b", Data.sum(weights.get("rnn.bias_ih_l0"), weights.get("rnn.bias_hh_l0")), s.hidden(), 1);
        set("1_W", weights.get("head.weight"), s.outputs(), s.hidden());
        set("1_b", weights.get("head.bias"), s.outputs(), 1);
        x = sequence(s.x(), s.inputs());
        float[] classes = new float[s.steps() * s.batch() * s.outputs()];
        int[] targets = s.targets();
        for (int row = 0; row < targets.length; row++) {
            classes[row * s.outputs() + targets[row]] = 1;
        }
        y = sequence(classes, s.outputs());
    }

    /** [T,B,n] as [B,n,T]. */
    private INDArray sequence(float[] values, int features) {
        return Nd4j.create(values, new long[] {step.steps(), step.batch(), features}, 'c')
                .permute(1, 2, 0)
                .dup('f');
    }

    private void set(String name, float[] values, int rows, int cols) {
        network.setParam(name, Nd4j.create(Data.transpose(values, rows, cols), new long[] {cols, rows}, 'c'));
    }

    @Override
    public void run() {
        network.setInput(x);
        network.setLabels(y);
        network.computeGradientAndScore();
    }

    @Override
    public Map<String, float[]> results() {
        Map<String, float[]> results = new LinkedHashMap<>();
        results.put(Step.LOSS, new float[] {(float) (network.score() / step.steps())});
        Gradient gradient = network.gradient();
        results.put("rnn.weight_ih_l0", gradient(gradient, "0_W"));
        results.put("rnn.weight_hh_l0", gradient(gradient, "0_RW"));
        results.put("rnn.bias_ih_l0", gradient(gradient, "0_b"));
        results.put("head.weight", gradient(gradient, "1_W"));
        results.put("head.bias", gradient(gradient, "1_b"));
        return results;
    }

    private float[] gradient(Gradient gradient, String name) {
        INDArray sum = gradient.getGradientFor(name).dup('c');
        INDArray mean = sum.divi((double) step.steps() * step.batch());
        return (mean.rank() == 2 ? mean.transpose().dup('c') : mean).data().asFloat();
    }

    @Override
    public void close() {
        network.close();
    }
}
