package org.bptt4j.benchmarks.block;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.benchmarks.Contender;
import org.bptt4j.benchmarks.Data;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.global.dnnl.rnn_direction;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.dnnl.vanilla_rnn_backward;
import org.bytedeco.dnnl.vanilla_rnn_forward;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * oneDNN's vanilla RNN, training forward and backward. Weights lie in the formats that each of its primitives asks for; bringing
 * them there, and the gradients out of them, is not timed. It has one bias, the sum of ours.
 *
 * <p>Its threads are those of OpenMP, set by the environment of the process.
 */
final class OneDnnBlock implements Contender {
    private final Block block;
    private final engine cpu = new engine(engine.kind.cpu, 0);
    private final stream queue = new stream(cpu);
    private final vanilla_rnn_forward forward;
    private final vanilla_rnn_backward backward;
    private final IntMemoryMap forwardArguments = new IntMemoryMap();
    private final IntMemoryMap backwardArguments = new IntMemoryMap();
    private final memory h;
    private final memory dX;
    private final memory dWeightIh;
    private final memory dWeightHh;
    private final memory dBias;

    OneDnnBlock(Block block) {
        this.block = block;
        long rowsIn = block.inputs();
        long hidden = block.hidden();
        // Logical shapes: [T,B,·] for sequences, [layer, direction, in, gate, out] for weights, [l,d,g,o] for the bias.
        long[] sequenceIn = {block.steps(), block.batch(), rowsIn};
        long[] sequenceOut = {block.steps(), block.batch(), hidden};
        long[] shapeIh = {1, 1, rowsIn, 1, hidden};
        long[] shapeHh = {1, 1, hidden, 1, hidden};
        memory.desc xDesc = desc(sequenceIn, memory.format_tag.tnc);
        memory.desc hDesc = desc(sequenceOut, memory.format_tag.tnc);
        memory.desc anyIh = desc(shapeIh, memory.format_tag.any);
        memory.desc anyHh = desc(shapeHh, memory.format_tag.any);
        memory.desc biasDesc = desc(new long[] {1, 1, 1, hidden}, memory.format_tag.ldgo);
        // An initial state is given although it is zero: without one oneDNN 3.11 computes a wrong gradient of W_hh.
        memory.desc h0Desc = desc(new long[] {1, 1, block.batch(), hidden}, memory.format_tag.ldnc);
        memory.desc none = new memory.desc(); // h_T and the gradient with respect to it are not asked for

        vanilla_rnn_forward.primitive_desc forwardDesc = new vanilla_rnn_forward.primitive_desc(
                cpu,
                prop_kind.forward_training,
                algorithm.eltwise_tanh,
                rnn_direction.unidirectional_left2right,
                xDesc,
                h0Desc,
                anyIh,
                anyHh,
                biasDesc,
                hDesc,
                none);
        vanilla_rnn_backward.primitive_desc backwardDesc = new vanilla_rnn_backward.primitive_desc(
                cpu,
                prop_kind.backward,
                algorithm.eltwise_tanh,
                rnn_direction.unidirectional_left2right,
                xDesc,
                h0Desc,
                anyIh,
                anyHh,
                biasDesc,
                hDesc,
                none,
                xDesc,
                h0Desc,
                anyIh,
                anyHh,
                biasDesc,
                hDesc,
                none,
                forwardDesc);

        Map<String, float[]> weights = block.weights();
        memory weightIh = memory(desc(shapeIh, memory.format_tag.ldgoi), weights.get(Block.WEIGHT_IH));
        memory weightHh = memory(desc(shapeHh, memory.format_tag.ldgoi), weights.get(Block.WEIGHT_HH));
        float[] sum = Data.sum(weights.get(Block.BIAS_IH), weights.get(Block.BIAS_HH));
        memory h0 = memory(h0Desc, new float[(int) (block.batch() * hidden)]);
        memory x = memory(xDesc, block.x());
        memory bias = memory(biasDesc, sum);
        memory workspace = new memory(forwardDesc.workspace_desc(), cpu);
        h = new memory(hDesc, cpu);
        for (IntMemoryMap arguments : new IntMemoryMap[] {forwardArguments, backwardArguments}) {
            arguments.put(DNNL_ARG_SRC_LAYER, x);
            arguments.put(DNNL_ARG_SRC_ITER, h0);
            arguments.put(DNNL_ARG_BIAS, bias);
            arguments.put(DNNL_ARG_DST_LAYER, h);
            arguments.put(DNNL_ARG_WORKSPACE, workspace);
        }
        forwardArguments.put(DNNL_ARG_WEIGHTS_LAYER, reordered(weightIh, forwardDesc.weights_layer_desc()));
        forwardArguments.put(DNNL_ARG_WEIGHTS_ITER, reordered(weightHh, forwardDesc.weights_iter_desc()));
        backwardArguments.put(DNNL_ARG_WEIGHTS_LAYER, reordered(weightIh, backwardDesc.weights_layer_desc()));
        backwardArguments.put(DNNL_ARG_WEIGHTS_ITER, reordered(weightHh, backwardDesc.weights_iter_desc()));

        dX = new memory(xDesc, cpu);
        dWeightIh = new memory(backwardDesc.diff_weights_layer_desc(), cpu);
        dWeightHh = new memory(backwardDesc.diff_weights_iter_desc(), cpu);
        dBias = new memory(biasDesc, cpu);
        backwardArguments.put(DNNL_ARG_DIFF_DST_LAYER, memory(hDesc, block.dH()));
        backwardArguments.put(DNNL_ARG_DIFF_SRC_LAYER, dX);
        backwardArguments.put(DNNL_ARG_DIFF_SRC_ITER, new memory(h0Desc, cpu));
        backwardArguments.put(DNNL_ARG_DIFF_WEIGHTS_LAYER, dWeightIh);
        backwardArguments.put(DNNL_ARG_DIFF_WEIGHTS_ITER, dWeightHh);
        backwardArguments.put(DNNL_ARG_DIFF_BIAS, dBias);
        forward = new vanilla_rnn_forward(forwardDesc);
        backward = new vanilla_rnn_backward(backwardDesc);
    }

    private static memory.desc desc(long[] shape, memory.format_tag format) {
        return new memory.desc(shape, memory.data_type.f32, format);
    }

    private memory memory(memory.desc desc, float[] values) {
        memory m = new memory(desc, cpu);
        floats(m).put(values);
        return m;
    }

    private static FloatPointer floats(memory m) {
        return new FloatPointer(m.get_data_handle()).capacity(m.get_desc().get_size() / Float.BYTES);
    }

    private memory reordered(memory from, memory.desc format) {
        memory to = new memory(format, cpu);
        new reorder(from, to).execute(queue, from, to);
        queue._wait();
        return to;
    }

    @Override
    public void run() {
        forward.execute(queue, forwardArguments);
        // The primitive adds to the gradients of the weights.
        zero(dWeightIh);
        zero(dWeightHh);
        zero(dBias);
        backward.execute(queue, backwardArguments);
        queue._wait();
    }

    private static void zero(memory m) {
        Pointer.memset(m.get_data_handle(), 0, m.get_desc().get_size());
    }

    @Override
    public Map<String, float[]> results() {
        int inputs = block.inputs();
        int hidden = block.hidden();
        Map<String, float[]> results = new LinkedHashMap<>();
        results.put(Block.H, host(h));
        results.put(Block.DX, host(dX));
        results.put(Block.WEIGHT_IH, weights(dWeightIh, inputs, hidden));
        results.put(Block.WEIGHT_HH, weights(dWeightHh, hidden, hidden));
        results.put(Block.BIAS_IH, host(dBias));
        return results;
    }

    private float[] weights(memory gradient, long in, long out) {
        return host(reordered(gradient, desc(new long[] {1, 1, in, 1, out}, memory.format_tag.ldgoi)));
    }

    private static float[] host(memory m) {
        float[] values = new float[(int) (m.get_desc().get_size() / Float.BYTES)];
        floats(m).get(values);
        return values;
    }

    @Override
    public void close() {
        // The process ends with the measurement.
    }
}
