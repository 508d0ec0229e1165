package org.bptt4j;

import static org.bptt4j.Elements.assertNear;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.bptt4j.io.Tensor;
import org.bptt4j.oracle.Oracle;
import org.bptt4j.oracle.OracleResult;
import org.bptt4j.oracle.Vectors;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle against PyTorch's float64 results: two truths that know nothing of each other, truncation included. */
class OracleFixtureTest {
    static List<String> names() {
        return Fixture.names(false);
    }

    static List<String> products() {
        return ProductFixture.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void oracleAndPyTorchAgree(String name) throws IOException {
        agree(Fixture.load(name), 1e-10);
    }

    /** These are kept in float32. */
    @ParameterizedTest
    @MethodSource("products")
    void oracleAndPyTorchAgreeOnAllCombinations(String network) throws IOException {
        for (Fixture f : ProductFixture.load(network)) {
            agree(f, 1e-7);
        }
    }

    private static void agree(Fixture f, double tolerance) throws IOException {
        RnnSpec spec = f.model().spec();
        Map<String, RealMatrix> parameters = new LinkedHashMap<>();
        f.model().parameters().forEach((name, values) -> parameters.put(name, matrix(spec, name, values)));
        OracleResult r = new Oracle(spec, parameters).run(f.batch(), f.loss(), f.truncation());
        Map<String, Tensor> expected = f.expected().tensors();
        Map<String, double[]> actual = new LinkedHashMap<>();
        actual.put("loss", new double[] {r.loss()});
        actual.put("output", r.outputs());
        actual.put("h_n", r.finalState());
        actual.put("c_n", r.finalCellState());
        if (f.clipping().kind() == Clipping.Kind.NONE) {
            r.gradients().forEach((name, gradient) -> actual.put("grad." + name, Vectors.flat(gradient)));
        }
        actual.put("grad.x", r.dX());
        actual.put("grad.h0", r.dH0());
        actual.put("grad.c0", r.dC0());
        for (Map.Entry<String, double[]> a : actual.entrySet()) {
            if (expected.containsKey(a.getKey())) {
                near(expected.get(a.getKey()).toDoubles(), a.getValue(), tolerance, f.name() + ": " + a.getKey());
            }
        }
    }

    /** A bias is one row. */
    private static RealMatrix matrix(RnnSpec spec, String name, float[] values) {
        int rows = name.contains("bias") ? 1 : name.startsWith("head.") ? spec.outputSize() : spec.gateRows();
        int columns = values.length / rows;
        RealMatrix m = new Array2DRowRealMatrix(rows, columns);
        for (int i = 0; i < values.length; i++) {
            m.setEntry(i / columns, i % columns, values[i]);
        }
        return m;
    }

    private static void near(double[] truth, double[] actual, double tolerance, String what) {
        assertEquals(truth.length, actual.length, what);
        double largest = 0;
        for (double v : truth) {
            largest = Math.max(largest, Math.abs(v));
        }
        for (int i = 0; i < truth.length; i++) {
            assertNear(truth[i], actual[i], tolerance * largest + 1e-300, e -> what + "[" + e + "]", i);
        }
    }
}
