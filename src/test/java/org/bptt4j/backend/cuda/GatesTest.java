package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How exact σ and tanh of the gates are: one LSTM step with weights and biases of zero, of which i, f, o and g are read. */
@Tag("card")
class GatesTest {
    private static final int H = 1 << 10;

    /**
     * Units in the last place between tanhf and the truth: the CUDA C++ Programming Guide ("Mathematical Functions") says 2 at most from
     * the nearest float32, which is half a unit from the truth.
     */
    private static final double TANH = 2.5;

    /**
     * The same of σ = 1/(1 + e), e = e^−x: expf is off by 2.5 units, which is 2.5·2⁻²³ of e and no more of 1 + e; its sum rounds, 2⁻²⁴; together
     * 3·2⁻²³ of the quotient, which are 6 units where they are smallest; and {@code __fdividef} is off by 2.5 (2, and half a unit).
     */
    private static final double SIGMOID = 8.5;

    @Test
    void sigmoidAndTanhAreExactToAFewUnitsInTheLastPlace() {
        float[] a = new float[H];
        Random random = new Random(1);
        for (int i = 0; i < H; i++) {
            a[i] = (random.nextFloat() - 0.5f) * (float) Math.pow(10, random.nextInt(9) - 6);
        }
        float[] kept = gates(a);
        double sigmoid = 0;
        double tanh = 0;
        for (int i = 0; i < H; i++) {
            double truth = 1 / (1 + Math.exp(-(double) a[i]));
            if (truth > 0x1p-126) { // what is smaller still may become zero
                sigmoid = Math.max(sigmoid, Math.abs(kept[i] - truth) / Math.ulp((float) truth));
            } else {
                assertTrue(kept[i] >= 0 && kept[i] <= 0x1p-125, "σ(" + a[i] + ") = " + kept[i]);
            }
            truth = Math.tanh(a[i]);
            tanh = Math.max(tanh, Math.abs(kept[2 * H + i] - truth) / Math.ulp((float) truth));
        }
        assertTrue(sigmoid > 0 && sigmoid < SIGMOID, "σ: " + sigmoid);
        assertTrue(tanh > 0 && tanh < TANH, "tanh: " + tanh);
    }

    @Test
    void theEndsOfTheRange() {
        float[] ends = {
            0,
            -0f,
            200,
            -200,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN
        };
        float[] a = new float[H];
        System.arraycopy(ends, 0, a, 0, ends.length);
        float[] kept = gates(a);
        float[] sigmoid = {0.5f, 0.5f, 1, 0, 1, 0, 1, 0, Float.NaN};
        float[] tanh = {0, 0, 1, -1, 1, -1, 1, -1, Float.NaN};
        for (int i = 0; i < ends.length; i++) {
            assertWithin(SIGMOID, sigmoid[i], kept[i], "σ(" + ends[i] + ")");
            assertWithin(TANH, tanh[i], kept[2 * H + i], "tanh(" + ends[i] + ")");
        }
    }

    /** Nobody promises that 1/2 and 1/1 are exact; zeros and NaN are. */
    private static void assertWithin(double units, float truth, float actual, String what) {
        boolean exact = truth == 0 || Float.isNaN(truth);
        assertEquals(truth, actual, exact ? 0 : (float) units * Math.ulp(truth), what);
    }

    /** [4, H]: i, f, g, o of pre-activations {@code a}. */
    private static float[] gates(float[] a) {
        try (Backend backend = TestDevice.open();
                DeviceArray weight = backend.allocate(4L * H * H);
                DeviceArray bias = backend.allocate(4 * H);
                DeviceArray gates = backend.allocate(4 * H);
                DeviceArray states = backend.allocate(2 * H);
                DeviceArray cellStates = backend.allocate(2 * H)) {
            for (int g = 0; g < 4; g++) {
                backend.upload(a, 0, H, gates, (long) g * H);
            }
            Matrix b = Matrix.of(bias, 1, 4 * H);
            backend.recurrentForward(new RecurrentForward(
                    Cell.LSTM,
                    1,
                    0,
                    Matrix.of(weight, 4 * H, H),
                    b,
                    b,
                    Matrix.of(gates, 1, 4 * H),
                    Matrix.of(states, 2, H),
                    Matrix.of(cellStates, 2, H),
                    null,
                    null));
            float[] kept = new float[4 * H];
            backend.download(gates, 0, kept, 0, kept.length);
            return kept;
        }
    }
}
