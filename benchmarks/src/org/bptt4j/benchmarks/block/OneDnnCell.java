package org.bptt4j.benchmarks.block;

import org.bptt4j.spec.Cell;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.global.dnnl.rnn_direction;
import org.bytedeco.dnnl.gru_backward;
import org.bytedeco.dnnl.gru_forward;
import org.bytedeco.dnnl.lbr_gru_backward;
import org.bytedeco.dnnl.lbr_gru_forward;
import org.bytedeco.dnnl.lstm_backward;
import org.bytedeco.dnnl.lstm_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.rnn_primitive_desc_base;
import org.bytedeco.dnnl.vanilla_rnn_backward;
import org.bytedeco.dnnl.vanilla_rnn_forward;

/**
 * oneDNN's primitives for training with one cell: they have types of their own for each, and the same uses.
 *
 * @param forwardFormats of memory that the forward primitive asks for
 * @param backwardFormats of memory that the backward primitive asks for
 */
record OneDnnCell(
        primitive forward,
        rnn_primitive_desc_base forwardFormats,
        primitive backward,
        rnn_primitive_desc_base backwardFormats) {
    private static final prop_kind FORWARD = prop_kind.forward_training;
    private static final prop_kind BACKWARD = prop_kind.backward;
    private static final rnn_direction DIRECTION = rnn_direction.unidirectional_left2right;

    /** Of what is neither given nor asked for: the last states and the gradients with respect to them. */
    private static final memory.desc NONE = new memory.desc();

    /**
     * The arrays of a layer; a gradient has the shape of what it belongs to.
     *
     * @param state of one step: h_0, c_0
     */
    record Shapes(
            memory.desc x,
            memory.desc state,
            memory.desc weightIh,
            memory.desc weightHh,
            memory.desc bias,
            memory.desc h) {}

    /** @param resetFirst for a GRU: whether the reset gate comes before the product */
    static OneDnnCell of(Cell cell, boolean resetFirst, engine cpu, Shapes s) {
        return switch (cell.name()) {
            case "tanh" -> vanilla(algorithm.eltwise_tanh, cpu, s);
            case "relu" -> vanilla(algorithm.eltwise_relu, cpu, s);
            case "lstm" -> lstm(cpu, s);
            case "gru" -> resetFirst ? gru(cpu, s) : linearBeforeResetGru(cpu, s);
            default -> throw new IllegalArgumentException("oneDNN has no cell " + cell);
        };
    }

    private static OneDnnCell vanilla(algorithm f, engine cpu, Shapes s) {
        var forward = new vanilla_rnn_forward.primitive_desc(
                cpu, FORWARD, f, DIRECTION, s.x, s.state, s.weightIh, s.weightHh, s.bias, s.h, NONE);
        var backward = new vanilla_rnn_backward.primitive_desc(
                cpu,
                BACKWARD,
                f,
                DIRECTION,
                s.x,
                s.state,
                s.weightIh,
                s.weightHh,
                s.bias,
                s.h,
                NONE,
                s.x,
                s.state,
                s.weightIh,
                s.weightHh,
                s.bias,
                s.h,
                NONE,
                forward);
        return new OneDnnCell(new vanilla_rnn_forward(forward), forward, new vanilla_rnn_backward(backward), backward);
    }

    private static OneDnnCell lstm(engine cpu, Shapes s) {
        var forward = new lstm_forward.primitive_desc(
                cpu, FORWARD, DIRECTION, s.x, s.state, s.state, s.weightIh, s.weightHh, s.bias, s.h, NONE, NONE);
        var backward = new lstm_backward.primitive_desc(
                cpu,
                BACKWARD,
                DIRECTION,
                s.x,
                s.state,
                s.state,
                s.weightIh,
                s.weightHh,
                s.bias,
                s.h,
                NONE,
                NONE,
                s.x,
                s.state,
                s.state,
                s.weightIh,
                s.weightHh,
                s.bias,
                s.h,
                NONE,
                NONE,
                forward);
        return new OneDnnCell(new lstm_forward(forward), forward, new lstm_backward(backward), backward);
    }

    private static OneDnnCell gru(engine cpu, Shapes s) {
        var forward = new gru_forward.primitive_desc(
                cpu, FORWARD, DIRECTION, s.x, s.state, s.weightIh, s.weightHh, s.bias, s.h, NONE);
        var backward = new gru_backward.primitive_desc(
                cpu,
                BACKWARD,
                DIRECTION,
                s.x,
                s.state,
                s.weightIh,
                s.weightHh,
                s.bias,
                s.h,
                NONE,
                s.x,
                s.state,
                s.weightIh,
                s.weightHh,
                s.bias,
                s.h,
                NONE,
                forward);
        return new OneDnnCell(new gru_forward(forward), forward, new gru_backward(backward), backward);
    }

    private static OneDnnCell linearBeforeResetGru(engine cpu, Shapes s) {
        var forward = new lbr_gru_forward.primitive_desc(
                cpu, FORWARD, DIRECTION, s.x, s.state, s.weightIh, s.weightHh, s.bias, s.h, NONE);
        var backward = new lbr_gru_backward.primitive_desc(
                cpu,
                BACKWARD,
                DIRECTION,
                s.x,
                s.state,
                s.weightIh,
                s.weightHh,
                s.bias,
                s.h,
                NONE,
                s.x,
                s.state,
                s.weightIh,
                s.weightHh,
                s.bias,
                s.h,
                NONE,
                forward);
        return new OneDnnCell(new lbr_gru_forward(forward), forward, new lbr_gru_backward(backward), backward);
    }
}
