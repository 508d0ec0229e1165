package org.bptt4j.oracle;

import static org.bptt4j.oracle.Vectors.joined;
import static org.bptt4j.oracle.Vectors.oneMinus;
import static org.bptt4j.oracle.Vectors.part;
import static org.bptt4j.oracle.Vectors.sigmoid;

import org.apache.commons.math3.linear.RealVector;

/** r, z = σ(A + P), n = tanh(A_n + r∘P_n), h_t = (1−z)∘n + z∘h_{t−1}; P_n has its bias in it. */
final class OracleGru implements OracleCell {
    @Override
    public Step forward(RealVector a, RealVector p, RealVector h, RealVector c) {
        RealVector r = sigmoid(part(a, 0, 3).add(part(p, 0, 3)));
        RealVector z = sigmoid(part(a, 1, 3).add(part(p, 1, 3)));
        RealVector q = part(p, 2, 3);
        RealVector n = part(a, 2, 3).add(r.ebeMultiply(q)).map(Math::tanh);
        RealVector next = oneMinus(z).ebeMultiply(n).add(z.ebeMultiply(h));
        return new Step(new RealVector[] {r, z, n, q}, next, null);
    }

    @Override
    public Deltas backward(Step step, RealVector h, RealVector c, RealVector dh, RealVector dc) {
        RealVector r = step.gates()[0];
        RealVector z = step.gates()[1];
        RealVector n = step.gates()[2];
        RealVector q = step.gates()[3];
        RealVector dn = dh.ebeMultiply(oneMinus(z)).ebeMultiply(oneMinus(n.ebeMultiply(n)));
        RealVector dz = dh.ebeMultiply(h.subtract(n)).ebeMultiply(z).ebeMultiply(oneMinus(z));
        RealVector dr = dn.ebeMultiply(q).ebeMultiply(r).ebeMultiply(oneMinus(r));
        return new Deltas(joined(dr, dz, dn), joined(dr, dz, dn.ebeMultiply(r)), dh.ebeMultiply(z), null);
    }
}
