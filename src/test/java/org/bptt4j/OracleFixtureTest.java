package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.bptt4j.bptt.Parameter;
import org.bptt4j.bptt.ParameterLayout;
import org.bptt4j.io.Tensor;
import org.bptt4j.oracle.Oracle;
import org.bptt4j.oracle.OracleResult;
import org.bptt4j.oracle.Vectors;
import org.bptt4j.spec.Clipping;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle against PyTorch's float64 results: two truths that know nothing of each other, truncation included. */
class OracleFixtureTest {
    static List<String> names() {
        return Fixture.names(false);
    }

    @ParameterizedTest
    @MethodSource("names")
    void oracleAndPyTorchAgree(String name) throws IOException {
        Fixture f = Fixture.load(name);
        Map<String, RealMatrix> parameters = new LinkedHashMap<>();
        for (Parameter p : new ParameterLayout(f.model().spec()).parameters()) {
            RealMatrix m = new Array2DRowRealMatrix(p.rows(), p.cols());
            float[] values = f.model().parameters().get(p.name());
            for (int i = 0; i < values.length; i++) {
                m.setEntry(i / p.cols(), i % p.cols(), values[i]);
            }
            parameters.put(p.name(), m);
        }
        OracleResult r = new Oracle(f.model().spec(), parameters).run(f.batch(), f.loss(), f.truncation());
        Map<String, Tensor> expected = f.expected().tensors();
        near(expected.get("loss").toDoubles(), new double[] {r.loss()}, "loss");
        near(expected.get("h_n").toDoubles(), r.finalState(), "h_n");
        if (f.clipping().kind() == Clipping.Kind.NONE) {
            for (String parameter : parameters.keySet()) {
                near(
                        expected.get("grad." + parameter).toDoubles(),
                        Vectors.flat(r.gradients().get(parameter)),
                        parameter);
            }
        }
        if (expected.containsKey("grad.x")) {
            near(expected.get("grad.x").toDoubles(), r.dX(), "dx");
        }
        if (expected.containsKey("grad.h0")) {
            near(expected.get("grad.h0").toDoubles(), r.dH0(), "dh0");
        }
    }

    private static void near(double[] truth, double[] actual, String what) {
        assertEquals(truth.length, actual.length, what);
        double largest = 0;
        for (double v : truth) {
            largest = Math.max(largest, Math.abs(v));
        }
        for (int i = 0; i < truth.length; i++) {
            assertEquals(truth[i], actual[i], 1e-10 * largest + 1e-300, what + "[" + i + "]");
        }
    }
}
