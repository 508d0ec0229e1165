package org.bptt4j.backend.cpu;

class ScalarMathTest implements MathContract {
    @Override
    public float[] tanh(float[] x) {
        return MathSamples.mapEach(ScalarMath::tanh, x);
    }

    @Override
    public float[] sigmoid(float[] x) {
        return MathSamples.mapEach(ScalarMath::sigmoid, x);
    }

    @Override
    public float[] exp(float[] x) {
        return MathSamples.mapEach(ScalarMath::exp, x);
    }

    @Override
    public float[] log1p(float[] x) {
        return MathSamples.mapEach(ScalarMath::log1p, x);
    }
}
