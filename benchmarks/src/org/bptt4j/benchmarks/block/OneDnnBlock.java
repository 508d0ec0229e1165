package org.bptt4j.benchmarks.block;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.benchmarks.Contender;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * oneDNN's recurrent layer, training forward and backward. Weights lie in the formats that each of its primitives asks for;
 * bringing them there, and the gradients out of them, is not timed.
 *
 * <p>Its threads are those of OpenMP, set by the environment of the process.
 */
final class OneDnnBlock implements Contender {
    private final Block block;
    private final OneDnnGates gates;
    private final engine cpu = new engine(engine.kind.cpu, 0);
    private final stream queue = new stream(cpu);
    private final OneDnnCell cell;
    private final IntMemoryMap forwardArguments = new IntMemoryMap();
    private final IntMemoryMap backwardArguments = new IntMemoryMap();
    private final memory h;
    private final memory dX;
    private final memory dWeightIh;
    private final memory dWeightHh;
    private final memory dBias;

    /** @param resetFirst for a GRU: whether the reset gate comes before the product */
    OneDnnBlock(Block block, boolean resetFirst) {
        this.block = block;
        gates = new OneDnnGates(block.cell(), resetFirst, block.hidden());
        OneDnnCell.Shapes shapes = shapes();
        cell = OneDnnCell.of(block.cell(), resetFirst, cpu, shapes);
        h = new memory(shapes.h(), cpu);
        dX = new memory(shapes.x(), cpu);
        dWeightIh = new memory(cell.backwardFormats().diff_weights_layer_desc(), cpu);
        dWeightHh = new memory(cell.backwardFormats().diff_weights_iter_desc(), cpu);
        dBias = new memory(shapes.bias(), cpu);
        inputs(shapes);
        weights();
        backwardArguments.put(DNNL_ARG_DIFF_DST_LAYER, memory(shapes.h(), block.dH()));
        backwardArguments.put(DNNL_ARG_DIFF_SRC_LAYER, dX);
        backwardArguments.put(DNNL_ARG_DIFF_SRC_ITER, new memory(shapes.state(), cpu));
        if (block.cell().hasCellState()) {
            backwardArguments.put(DNNL_ARG_DIFF_SRC_ITER_C, new memory(shapes.state(), cpu));
        }
        backwardArguments.put(DNNL_ARG_DIFF_WEIGHTS_LAYER, dWeightIh);
        backwardArguments.put(DNNL_ARG_DIFF_WEIGHTS_ITER, dWeightHh);
        backwardArguments.put(DNNL_ARG_DIFF_BIAS, dBias);
    }

    /** Logical shapes: [T,B,·] for sequences, [layer, direction, in, gate, out] for weights, [l,d,g,o] for the bias. */
    private OneDnnCell.Shapes shapes() {
        long inputs = block.inputs();
        long hidden = block.hidden();
        long g = block.cell().gates();
        return new OneDnnCell.Shapes(
                desc(memory.format_tag.tnc, block.steps(), block.batch(), inputs),
                desc(memory.format_tag.ldnc, 1, 1, block.batch(), hidden),
                desc(memory.format_tag.any, 1, 1, inputs, g, hidden),
                desc(memory.format_tag.any, 1, 1, hidden, g, hidden),
                desc(memory.format_tag.ldgo, 1, 1, gates.biases(), hidden),
                desc(memory.format_tag.tnc, block.steps(), block.batch(), hidden));
    }

    /** What both primitives read, and what the first leaves for the second. */
    private void inputs(OneDnnCell.Shapes shapes) {
        Map<String, float[]> weights = block.weights();
        memory x = memory(shapes.x(), block.x());
        memory bias = memory(shapes.bias(), gates.bias(weights.get(Block.BIAS_IH), weights.get(Block.BIAS_HH)));
        memory workspace = new memory(cell.forwardFormats().workspace_desc(), cpu);
        // An initial state is given although it is zero: without one oneDNN 3.11 computes a wrong gradient of W_hh.
        float[] zeros = new float[block.batch() * block.hidden()];
        memory h0 = memory(shapes.state(), zeros);
        memory c0 = memory(shapes.state(), zeros);
        for (IntMemoryMap arguments : new IntMemoryMap[] {forwardArguments, backwardArguments}) {
            arguments.put(DNNL_ARG_SRC_LAYER, x);
            arguments.put(DNNL_ARG_SRC_ITER, h0);
            if (block.cell().hasCellState()) {
                arguments.put(DNNL_ARG_SRC_ITER_C, c0);
            }
            arguments.put(DNNL_ARG_BIAS, bias);
            arguments.put(DNNL_ARG_DST_LAYER, h);
            arguments.put(DNNL_ARG_WORKSPACE, workspace);
        }
    }

    private void weights() {
        Map<String, float[]> weights = block.weights();
        memory weightIh = memory(plain(block.inputs()), gates.theirs(weights.get(Block.WEIGHT_IH)));
        memory weightHh = memory(plain(block.hidden()), gates.theirs(weights.get(Block.WEIGHT_HH)));
        forwardArguments.put(
                DNNL_ARG_WEIGHTS_LAYER,
                reordered(weightIh, cell.forwardFormats().weights_layer_desc()));
        forwardArguments.put(
                DNNL_ARG_WEIGHTS_ITER, reordered(weightHh, cell.forwardFormats().weights_iter_desc()));
        backwardArguments.put(
                DNNL_ARG_WEIGHTS_LAYER,
                reordered(weightIh, cell.backwardFormats().weights_layer_desc()));
        backwardArguments.put(
                DNNL_ARG_WEIGHTS_ITER,
                reordered(weightHh, cell.backwardFormats().weights_iter_desc()));
    }

    /** A weight as we have it, [G·H, in]. */
    private memory.desc plain(long in) {
        return desc(memory.format_tag.ldgoi, 1, 1, in, block.cell().gates(), block.hidden());
    }

    private static memory.desc desc(memory.format_tag format, long... shape) {
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
        cell.forward().execute(queue, forwardArguments);
        // The primitive adds to the gradients of the weights.
        zero(dWeightIh);
        zero(dWeightHh);
        zero(dBias);
        cell.backward().execute(queue, backwardArguments);
        queue._wait();
    }

    private static void zero(memory m) {
        Pointer.memset(m.get_data_handle(), 0, m.get_desc().get_size());
    }

    @Override
    public Map<String, float[]> results() {
        Map<String, float[]> results = new LinkedHashMap<>();
        results.put(Block.H, host(h));
        results.put(Block.DX, host(dX));
        results.put(Block.WEIGHT_IH, gates.ours(host(reordered(dWeightIh, plain(block.inputs())))));
        results.put(Block.WEIGHT_HH, gates.ours(host(reordered(dWeightHh, plain(block.hidden())))));
        gates.addBiases(host(dBias), results);
        return results;
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
