package org.bptt4j.bptt;

import java.util.List;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.spec.RnnSpec;

/** The parameters, or their gradients, as views of one flat buffer. */
final class Weights {
    /** One recurrent layer in one direction: W_ih [G·H, I or D·H], W_hh [G·H, H], b_ih and b_hh [1, G·H]. */
    record Layer(Matrix weightIh, Matrix weightHh, Matrix biasIh, Matrix biasHh) {}

    private final DeviceArray array;
    private final Layer[] sweeps;
    private final Matrix headWeight;
    private final Matrix headBias;

    Weights(RnnSpec spec, ParameterLayout layout, DeviceArray array) {
        this.array = array;
        List<Matrix> views = layout.parameters().stream()
                .map(p -> new Matrix(array, p.offset(), p.rows(), p.cols(), p.cols()))
                .toList();
        sweeps = new Layer[spec.sweeps()];
        for (int l = 0; l < sweeps.length; l++) {
            sweeps[l] = new Layer(views.get(4 * l), views.get(4 * l + 1), views.get(4 * l + 2), views.get(4 * l + 3));
        }
        headWeight = spec.hasHead() ? views.get(4 * sweeps.length) : null;
        headBias = spec.hasHead() ? views.get(4 * sweeps.length + 1) : null;
    }

    DeviceArray array() {
        return array;
    }

    /** Of the layer and direction that sweep {@code k} is about, see {@link RnnSpec#sweeps}. */
    Layer sweep(int k) {
        return sweeps[k];
    }

    /** W_hy [O, D·H]. */
    Matrix headWeight() {
        return headWeight;
    }

    /** b_y [1, O]. */
    Matrix headBias() {
        return headBias;
    }
}
