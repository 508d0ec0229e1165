package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Dropout;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.oracle.RandomProblem;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A network of several layers is its layers one by one, each in a network of its own, with dropout in between. */
class DropoutBetweenLayersTest {
    private static final int T = 6;
    private static final int B = 3;
    private static final int I = 4;
    private static final int H = 5;
    private static final double P = 0.4;
    private static final long SEED = 11;
    private static final long UPDATE = 3;

    private final Backend backend = open();
    private final Random random = new Random(2);

    /** The backend that all this is true of. */
    Backend open() {
        return CpuBackends.open("vector", 2);
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    static List<RnnSpec> networks() {
        List<RnnSpec> networks = new ArrayList<>();
        for (Cell cell : Cell.all()) {
            for (int layers = 2; layers <= 3; layers++) {
                RnnSpec spec =
                        RnnSpec.of(I, H, 0).withCell(cell).withLayers(layers).withDropout(P);
                networks.add(spec);
                networks.add(spec.inBothDirections());
            }
        }
        return networks;
    }

    private float[] floats(int count) {
        return RandomProblem.floats(count, random);
    }

    /** Lengths, places where rows begin anew, in padding too, and initial states. */
    private Batch batch(RnnSpec spec) {
        boolean[] mask = new boolean[T * B];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = random.nextInt(5) == 0;
        }
        int states = spec.sweeps() * B * H;
        return Batch.dense(T, B, I, floats(T * B * I))
                .withLengths(new int[] {T, 2, 4})
                .withResets(mask)
                .withInitialState(floats(states), spec.cell().hasCellState() ? floats(states) : null);
    }

    /** All that goes in and comes out of a sweep forward and back; each array of states is [L·D,B,H]. */
    private record Sweep(Rnn.Output output, Rnn.InputGradients input, List<float[]> gradients) {}

    private static Sweep back(Rnn rnn, Rnn.Output output, float[] dH, float[] dhN, float[] dcN) {
        rnn.zeroGradients();
        Rnn.InputGradients input = rnn.backward(dH, dhN, dcN);
        return new Sweep(
                output, input, rnn.parameterNames().stream().map(rnn::gradient).toList());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void aNetworkIsItsLayersOneByOne(RnnSpec spec) {
        Batch batch = batch(spec);
        float[] dH = floats(T * B * spec.layerOutputSize());
        float[] dhN = floats(spec.sweeps() * B * H);
        float[] dcN = spec.cell().hasCellState() ? floats(spec.sweeps() * B * H) : null;
        try (Rnn rnn = Rnn.create(backend, spec, 1)) {
            for (boolean dropout : new boolean[] {true, false}) {
                Rnn.Output output = dropout ? rnn.forward(batch, SEED, UPDATE) : rnn.forward(batch);
                assertEqual(oneByOne(rnn, batch, dH, dhN, dcN, dropout), back(rnn, output, dH, dhN, dcN));
            }
        }
    }

    private static void assertEqual(Sweep expected, Sweep actual) {
        Bits.assertSame(expected.output.h(), actual.output.h());
        Bits.assertSame(expected.output.finalState(), actual.output.finalState());
        Bits.assertSame(expected.gradients.toArray(float[][]::new), actual.gradients.toArray(float[][]::new));
        Bits.assertSame(expected.input.x(), actual.input.x());
        Bits.assertSame(expected.input.initialState(), actual.input.initialState());
        if (expected.output.finalCellState() != null) {
            Bits.assertSame(expected.output.finalCellState(), actual.output.finalCellState());
            Bits.assertSame(expected.input.initialCellState(), actual.input.initialCellState());
        }
    }

    private Sweep oneByOne(Rnn rnn, Batch batch, float[] dH, float[] dhN, float[] dcN, boolean dropout) {
        RnnSpec spec = rnn.spec();
        List<Rnn> layers = new ArrayList<>();
        List<Rnn.Output> outputs = new ArrayList<>();
        float[] x = batch.x();
        for (int l = 0; l < spec.layers(); l++) {
            x = l > 0 && dropout ? dropped(x, spec.layerInputSize(l), l - 1) : x;
            layers.add(layer(rnn, l));
            outputs.add(layers.get(l).forward(input(spec, batch, l, x)));
            x = outputs.get(l).h();
        }
        List<Sweep> sweeps = new ArrayList<>();
        float[] d = dH;
        for (int l = spec.layers() - 1; l >= 0; l--) {
            sweeps.add(0, back(layers.get(l), outputs.get(l), d, part(spec, dhN, l), part(spec, dcN, l)));
            d = sweeps.get(0).input.x();
            d = l > 0 && dropout ? dropped(d, spec.layerInputSize(l), l - 1) : d;
            layers.get(l).close();
        }
        return new Sweep(
                new Rnn.Output(
                        x,
                        joined(sweeps.stream().map(s -> s.output.finalState()).toList()),
                        joined(sweeps.stream()
                                .map(s -> s.output.finalCellState())
                                .toList())),
                new Rnn.InputGradients(
                        d,
                        joined(sweeps.stream().map(s -> s.input.initialState()).toList()),
                        joined(sweeps.stream()
                                .map(s -> s.input.initialCellState())
                                .toList())),
                sweeps.stream().flatMap(s -> s.gradients.stream()).toList());
    }

    /** Layer {@code l} with its parameters. */
    private Rnn layer(Rnn rnn, int l) {
        RnnSpec spec = rnn.spec();
        RnnSpec alone = new RnnSpec(spec.cell(), spec.layerInputSize(l), H, 1, 0, spec.bidirectional(), 0);
        Rnn layer = Rnn.create(backend, alone, 2);
        layer.parameterNames().forEach(n -> layer.setParameter(n, rnn.parameter(n.replace("_l0", "_l" + l))));
        return layer;
    }

    private static Batch input(RnnSpec spec, Batch batch, int l, float[] x) {
        return Batch.dense(T, B, spec.layerInputSize(l), x)
                .withLengths(batch.lengths())
                .withResets(batch.resets())
                .withInitialState(part(spec, batch.initialState(), l), part(spec, batch.initialCellState(), l));
    }

    /** [D,B,H] of one layer. */
    private static float[] part(RnnSpec spec, float[] states, int l) {
        int count = spec.directions() * B * H;
        return states == null ? null : Arrays.copyOfRange(states, l * count, (l + 1) * count);
    }

    private static float[] joined(List<float[]> parts) {
        if (parts.contains(null)) {
            return null;
        }
        int each = parts.get(0).length;
        float[] whole = new float[parts.size() * each];
        for (int i = 0; i < parts.size(); i++) {
            System.arraycopy(parts.get(i), 0, whole, i * each, each);
        }
        return whole;
    }

    private float[] dropped(float[] values, int width, int layer) {
        try (DeviceArray array = backend.allocate(values.length)) {
            Matrix m = Matrix.of(array, T * B, width);
            backend.upload(values, 0, values.length, array, 0);
            backend.dropout(new Dropout(P, SEED, layer), UPDATE, 0, m, m);
            float[] result = new float[values.length];
            backend.download(array, 0, result, 0, result.length);
            return result;
        }
    }

    @Test
    void masksDifferByUpdateSeedAndLayer() {
        RnnSpec spec = networks().get(0);
        Batch batch = batch(spec);
        try (Rnn rnn = Rnn.create(backend, spec, 1)) {
            float[] once = rnn.forward(batch, SEED, UPDATE).h();
            assertFalse(Arrays.equals(once, rnn.forward(batch, SEED, UPDATE + 1).h()));
            assertFalse(Arrays.equals(once, rnn.forward(batch, SEED + 1, UPDATE).h()));
            assertFalse(Arrays.equals(once, rnn.forward(batch).h()));
            assertArrayEquals(once, rnn.forward(batch, SEED, UPDATE).h());
            assertThrows(IllegalArgumentException.class, () -> rnn.forward(batch, SEED, 0));
        }
        float[] ones = new float[T * B * H];
        Arrays.fill(ones, 1);
        assertFalse(Arrays.equals(dropped(ones, H, 0), dropped(ones, H, 1)));
    }

    /** A batch that is refused leaves the masks of the one before it in place too. */
    @Test
    void backwardAfterARefusedForwardHasTheMasksOfTheBatchBefore() {
        RnnSpec spec = networks().get(0);
        Batch batch = batch(spec);
        float[] dH = floats(T * B * H);
        try (Rnn rnn = Rnn.create(backend, spec, 1)) {
            rnn.forward(batch, SEED, UPDATE);
            float[] once = rnn.backward(dH, null).x();
            Batch bad = Batch.dense(1, 1, I + 1, new float[I + 1]);
            assertThrows(IllegalArgumentException.class, () -> rnn.forward(bad, SEED, UPDATE + 1));
            assertArrayEquals(once, rnn.backward(dH, null).x());
            assertThrows(IllegalArgumentException.class, () -> rnn.forward(bad));
            assertArrayEquals(once, rnn.backward(dH, null).x());
        }
    }
}
