package org.bptt4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class VectorMathTest implements MathContract {
    @Override
    public float[] tanh(float[] x) {
        return MathSamples.map(VectorMath::tanh, x);
    }

    @Override
    public float[] sigmoid(float[] x) {
        return MathSamples.map(VectorMath::sigmoid, x);
    }

    @Override
    public float[] exp(float[] x) {
        return MathSamples.map(VectorMath::exp, x);
    }

    @Override
    public float[] log1p(float[] x) {
        return MathSamples.map(VectorMath::log1p, x);
    }

    /** The tails of the vector loops are scalar: they must not differ. NaN may keep another payload. */
    @Test
    void scalarsAndVectorsGiveTheSameBits() {
        for (int exponent = 0; exponent <= 255; exponent++) {
            float[] x = MathSamples.ofExponent(exponent);
            float[] tanh = MathSamples.mapEach(ScalarMath::tanh, x);
            sameBits(x, tanh, MathSamples.map(VectorMath::tanh, x));
            sameBits(x, MathSamples.mapEach(ScalarMath::sigmoid, x), MathSamples.map(VectorMath::sigmoid, x));
            sameBits(x, MathSamples.mapEach(ScalarMath::exp, x), MathSamples.map(VectorMath::exp, x));
            sameBits(x, MathSamples.mapEach(ScalarMath::log1p, x), MathSamples.map(VectorMath::log1p, x));
        }
    }

    private static void sameBits(float[] x, float[] scalar, float[] vector) {
        // Without fused multiply-add in hardware the scalar code rounds twice, the vector code once.
        int apart = Fused.HERE ? 0 : 4;
        for (int i = 0; i < x.length; i++) {
            int difference = Float.floatToIntBits(scalar[i]) - Float.floatToIntBits(vector[i]);
            assertEquals(0, difference, apart, () -> "scalar and vector differ");
        }
    }
}
