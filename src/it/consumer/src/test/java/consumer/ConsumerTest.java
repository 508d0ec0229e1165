package consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.data.Batch;
import org.bptt4j.io.Safetensors;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;

class ConsumerTest {
    private static final Path RESOURCES = Path.of("src/test/resources");

    @Test
    void trainsTenSteps() {
        float[] x = new float[20 * 4];
        float[] y = new float[20 * 4];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.sin(0.3 * i);
            y[i] = (float) Math.sin(0.3 * (i + 4));
        }
        Batch batch = Batch.dense(20, 4, 1, x).withTargets(y);
        try (Backend backend = Backends.select("auto");
                Rnn rnn = Rnn.create(backend, RnnSpec.of(1, 16, 1), 42);
                Trainer trainer = Trainer.of(rnn)
                        .loss(Loss.mse())
                        .optimizer(Optimizer.adam(0.01))
                        .clipping(Clipping.norm(1))
                        .build()) {
            double first = trainer.step(batch).loss();
            double last = first;
            for (int i = 1; i < 10; i++) {
                last = trainer.step(batch).loss();
            }
            assertTrue(last < 0.8 * first, first + " -> " + last);
        }
    }

    /** u = raw·Mᵀ, (h, h_n) = rnn(u, h0), loss = Σ cos(h) + Σ h_n²: transform and loss are ours, the layers bptt4j's. */
    @Test
    void layerBetweenOwnTransformAndOwnLossMatchesPyTorch() throws IOException {
        Safetensors c = Safetensors.read(RESOURCES.resolve("case.safetensors"));
        float[] raw = c.tensor("raw").toFloats();
        float[] m = c.tensor("transform").toFloats();
        int steps = 11;
        int rows = 3;
        int width = 4;
        int inputs = 5;
        try (Backend backend = Backends.select("cpu");
                Rnn rnn = Rnn.load(backend, RESOURCES.resolve("weights.safetensors"))) {
            float[] u = new float[steps * rows * inputs];
            for (int r = 0; r < steps * rows; r++) {
                for (int i = 0; i < inputs; i++) {
                    for (int k = 0; k < width; k++) {
                        u[r * inputs + i] += raw[r * width + k] * m[i * width + k];
                    }
                }
            }
            Rnn.Output out = rnn.forward(Batch.dense(steps, rows, inputs, u)
                    .withInitialState(c.tensor("h0").toFloats()));
            close(c, "h", out.h());
            close(c, "h_n", out.finalState());

            float[] dH = new float[out.h().length];
            for (int i = 0; i < dH.length; i++) {
                dH[i] = (float) -Math.sin(out.h()[i]);
            }
            float[] dFinal = new float[out.finalState().length];
            for (int i = 0; i < dFinal.length; i++) {
                dFinal[i] = 2 * out.finalState()[i];
            }
            Rnn.InputGradients d = rnn.backward(dH, dFinal);
            close(c, "grad.u", d.x());
            close(c, "grad.h0", d.initialState());
            for (String name : rnn.parameterNames()) {
                close(c, "grad." + name, rnn.gradient(name));
            }
            float[] dRaw = new float[raw.length];
            for (int r = 0; r < steps * rows; r++) {
                for (int i = 0; i < inputs; i++) {
                    for (int k = 0; k < width; k++) {
                        dRaw[r * width + k] += d.x()[r * inputs + i] * m[i * width + k];
                    }
                }
            }
            close(c, "grad.raw", dRaw);
        }
    }

    @Test
    void runtimeClassPathIsSmall() {
        long bytes = 0;
        long cuda = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            String name = new File(entry).getName();
            boolean ofTests = name.matches("(junit|opentest4j|apiguardian|surefire|jspecify).*");
            if (name.startsWith("jcu")) {
                cuda += new File(entry).length();
            } else if (name.endsWith(".jar") && !ofTests) {
                bytes += new File(entry).length();
            }
        }
        assertTrue(bytes > 1_000_000 && bytes < 10_000_000, bytes + " bytes on the class path");
        assertTrue(cuda > 1_000_000 && cuda < 15_000_000, cuda + " bytes for NVIDIA cards");
    }

    /** Within 1e-4 of the tensor's root mean square. */
    private static void close(Safetensors c, String name, float[] actual) throws IOException {
        double[] truth = c.tensor(name).toDoubles();
        assertEquals(truth.length, actual.length, name);
        double squares = 0;
        for (double v : truth) {
            squares += v * v;
        }
        double tolerance = 1e-4 * Math.sqrt(squares / truth.length);
        for (int i = 0; i < truth.length; i++) {
            assertEquals(truth[i], actual[i], tolerance, name + "[" + i + "]");
        }
    }
}
