package org.bptt4j.oracle;

import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;

/**
 * The recurrent layers of {@link Oracle} for one batch row. Sweep l·D + d goes through the row's steps forwards (d = 0) or
 * backwards (d = 1); what a layer gives at a step is what its sweeps have there, side by side.
 */
final class OracleLayers {
    private final RnnSpec spec;
    private final Map<String, RealMatrix> parameters;
    private final OracleCell cell;
    private final Batch batch;
    private final OracleResult r;
    private final int b;

    OracleLayers(RnnSpec spec, Map<String, RealMatrix> parameters, Batch batch, OracleResult r, int b) {
        this.spec = spec;
        this.parameters = parameters;
        this.cell = OracleCell.of(spec.cell());
        this.batch = batch;
        this.r = r;
        this.b = b;
    }

    /** All layers over all steps of the row; {@code input} [T]. */
    void forward(RealVector[] input) {
        RealVector[] below = input;
        for (int l = 0; l < spec.layers(); l++) {
            RealVector[] above = new RealVector[batch.steps()];
            for (int d = 0; d < spec.directions(); d++) {
                sweep(l, d, below, above);
            }
            r.x[l][b] = below;
            below = above;
        }
        for (int t = 0; t < batch.steps(); t++) {
            r.top[t][b] = below[t] == null ? Vectors.zeros(spec.layerOutputSize()) : below[t];
        }
    }

    private void sweep(int l, int d, RealVector[] below, RealVector[] above) {
        int s = l * spec.directions() + d;
        RealVector h = r.h0[s][b];
        RealVector c = r.c0[s][b];
        int length = batch.length(b);
        for (int t : d == 0 ? upwards(0, length) : downwards(length, 0)) {
            if (beginsAnew(d, t)) {
                h = Vectors.zeros(spec.hiddenSize());
                c = Vectors.zeros(spec.hiddenSize());
            }
            RealVector a = weight("weight_ih", l, d).operate(below[t]).add(bias("bias_ih", l, d));
            RealVector p = weight("weight_hh", l, d).operate(h).add(bias("bias_hh", l, d));
            r.hBefore[s][t][b] = h;
            r.cBefore[s][t][b] = c;
            OracleCell.Step step = cell.forward(a, p, h, c);
            r.steps[s][t][b] = step;
            h = step.h();
            c = step.c();
            above[t] = above[t] == null ? h : above[t].append(h);
        }
        r.last[s][b] = h;
        r.lastCell[s][b] = c;
    }

    /**
     * Whether the sweep meets the first step of a sequence at step t: forwards its first one, backwards its last one, which is
     * the one before a sequence begins. A row's very first step in a sweep is that only where a mask says so.
     */
    private boolean beginsAnew(int d, int t) {
        int first = d == 0 ? t : t + 1;
        return batch.resets() != null && first < batch.length(b) && batch.resets()[first * batch.rows() + b];
    }

    /**
     * Through steps [reach, end) of every layer; dTop[t] null is no gradient from above, dLast and dLastCell [L·D] reach the
     * states behind the row's last step, or are null.
     */
    void backward(RealVector[] dTop, RealVector[] dLast, RealVector[] dLastCell, int reach, int end) {
        RealVector[] dAbove = dTop;
        for (int l = spec.layers() - 1; l >= 0; l--) {
            RealVector[] dBelow = new RealVector[batch.steps()];
            for (int d = 0; d < spec.directions(); d++) {
                int s = l * spec.directions() + d;
                RealVector zeros = Vectors.zeros(spec.hiddenSize());
                sweepBack(
                        l,
                        d,
                        new RealVector[][] {dAbove, dBelow},
                        dLast == null ? zeros : dLast[s],
                        dLastCell == null ? zeros : dLastCell[s],
                        d == 0 ? downwards(end, reach) : upwards(reach, end),
                        reach == 0);
            }
            dAbove = dBelow;
        }
        for (int t = reach; t < end; t++) {
            r.dx[t][b] = dAbove[t];
        }
    }

    private void sweepBack(
            int l, int d, RealVector[][] aboveAndBelow, RealVector dh, RealVector dc, int[] order, boolean toTheStart) {
        int s = l * spec.directions() + d;
        String suffix = suffix(l, d);
        for (int t : order) {
            RealVector above = aboveAndBelow[0][t];
            RealVector arriving = above == null ? dh : dh.add(Vectors.part(above, d, spec.directions()));
            RealVector h = r.hBefore[s][t][b];
            OracleCell.Deltas deltas = cell.backward(r.steps[s][t][b], h, r.cBefore[s][t][b], arriving, dc);
            r.add("rnn.weight_ih" + suffix, deltas.dA().outerProduct(r.x[l][b][t]));
            r.add("rnn.bias_ih" + suffix, Vectors.row(deltas.dA()));
            r.add("rnn.weight_hh" + suffix, deltas.dP().outerProduct(h));
            r.add("rnn.bias_hh" + suffix, Vectors.row(deltas.dP()));
            RealVector below = weight("weight_ih", l, d).preMultiply(deltas.dA());
            aboveAndBelow[1][t] = aboveAndBelow[1][t] == null ? below : aboveAndBelow[1][t].add(below);
            dh = weight("weight_hh", l, d).preMultiply(deltas.dP());
            dh = deltas.direct() == null ? dh : dh.add(deltas.direct());
            dc = deltas.dc() == null ? dc : deltas.dc();
            if (beginsAnew(d, t)) {
                dh = Vectors.zeros(spec.hiddenSize());
                dc = Vectors.zeros(spec.hiddenSize());
            }
        }
        if (toTheStart && order.length > 0) {
            r.dh0[s][b] = dh;
            r.dc0[s][b] = dc;
        }
    }

    private static int[] upwards(int from, int end) {
        return IntStream.range(from, end).toArray();
    }

    private static int[] downwards(int end, int to) {
        return IntStream.range(to, end).map(t -> end - 1 - (t - to)).toArray();
    }

    private static String suffix(int layer, int direction) {
        return "_l" + layer + (direction == 0 ? "" : "_reverse");
    }

    private RealMatrix weight(String name, int layer, int direction) {
        return parameters.get("rnn." + name + suffix(layer, direction));
    }

    private RealVector bias(String name, int layer, int direction) {
        return weight(name, layer, direction).getRowVector(0);
    }
}
