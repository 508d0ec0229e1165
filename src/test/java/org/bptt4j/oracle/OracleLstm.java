package org.bptt4j.oracle;

import static org.bptt4j.oracle.Vectors.joined;
import static org.bptt4j.oracle.Vectors.oneMinus;
import static org.bptt4j.oracle.Vectors.part;
import static org.bptt4j.oracle.Vectors.sigmoid;

import org.apache.commons.math3.linear.RealVector;

/** i, f, o = σ(A + P), g = tanh(A + P), c_t = f∘c_{t−1} + i∘g, h_t = o∘tanh(c_t); gates in the order i, f, g, o. */
final class OracleLstm implements OracleCell {
    @Override
    public Step forward(RealVector a, RealVector p, RealVector h, RealVector c) {
        RealVector all = a.add(p);
        RealVector i = sigmoid(part(all, 0, 4));
        RealVector f = sigmoid(part(all, 1, 4));
        RealVector g = part(all, 2, 4).map(Math::tanh);
        RealVector o = sigmoid(part(all, 3, 4));
        RealVector next = f.ebeMultiply(c).add(i.ebeMultiply(g));
        return new Step(new RealVector[] {i, f, g, o}, o.ebeMultiply(next.map(Math::tanh)), next);
    }

    @Override
    public Deltas backward(Step step, RealVector h, RealVector c, RealVector dh, RealVector dc) {
        RealVector i = step.gates()[0];
        RealVector f = step.gates()[1];
        RealVector g = step.gates()[2];
        RealVector o = step.gates()[3];
        RealVector squashed = step.c().map(Math::tanh);
        RealVector arriving = dc.add(dh.ebeMultiply(o).ebeMultiply(oneMinus(squashed.ebeMultiply(squashed))));
        RealVector di = arriving.ebeMultiply(g).ebeMultiply(i).ebeMultiply(oneMinus(i));
        RealVector df = arriving.ebeMultiply(c).ebeMultiply(f).ebeMultiply(oneMinus(f));
        RealVector dg = arriving.ebeMultiply(i).ebeMultiply(oneMinus(g.ebeMultiply(g)));
        RealVector d = dh.ebeMultiply(squashed).ebeMultiply(o).ebeMultiply(oneMinus(o));
        RealVector delta = joined(di, df, dg, d);
        return new Deltas(delta, delta, null, arriving.ebeMultiply(f));
    }
}
