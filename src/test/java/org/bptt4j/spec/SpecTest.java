package org.bptt4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the descriptions accept, refuse and say of themselves. */
class SpecTest {
    private static void refused(String word, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(word), message);
    }

    @Test
    void networks() {
        refused("input size 0", () -> RnnSpec.of(0, 1, 1));
        refused("hidden size 0", () -> RnnSpec.of(1, 0, 1));
        refused("output size -1", () -> RnnSpec.of(1, 1, -1));
        refused("layers 0", () -> RnnSpec.of(1, 1, 1).withLayers(0));
        assertThrows(IllegalArgumentException.class, () -> new RnnSpec(null, 1, 1, 1, 1));
        RnnSpec spec = RnnSpec.of(2, 3, 4).withLayers(2).withCell(Cell.RELU);
        assertEquals(new RnnSpec(Cell.RELU, 2, 3, 2, 4), spec);
        assertEquals(2, spec.layerInputSize(0));
        assertEquals(3, spec.layerInputSize(1));
        assertEquals(3, spec.gateRows());
        assertTrue(spec.hasHead());
        assertFalse(spec.withoutHead().hasHead());
    }

    @Test
    void truncations() {
        refused("(0, 1)", () -> new Truncation(0, 1));
        refused("(1, 0)", () -> new Truncation(1, 0));
        assertEquals(new Truncation(4, 4), Truncation.every(4));
        assertTrue(Truncation.NONE.isFullFor(Integer.MAX_VALUE));
        assertTrue(new Truncation(5, 5).isFullFor(5));
        assertFalse(new Truncation(5, 4).isFullFor(5));
        assertFalse(new Truncation(4, 9).isFullFor(5));
    }

    @Test
    void clippings() {
        refused("-1", () -> Clipping.norm(-1));
        refused("NaN", () -> Clipping.norm(Double.NaN));
        refused("-0.5", () -> Clipping.value(-0.5));
        assertEquals(0, Clipping.norm(0).limit());
        assertEquals(Clipping.Kind.VALUE, Clipping.value(2).kind());
        assertEquals(Clipping.Kind.NONE, Clipping.NONE.kind());
    }

    @Test
    void optimisers() {
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused("learning rate", () -> Optimizer.adam(bad));
        }
        for (double bad : new double[] {1, -0.1, Double.NaN}) {
            refused("momentum", () -> Optimizer.momentum(0.1, bad));
            refused("decay", () -> new Optimizer(Optimizer.Kind.RMSPROP, 0.1, 0, bad, 1e-8, 0, false));
        }
        refused("epsilon", () -> new Optimizer(Optimizer.Kind.ADAM, 0.1, 0.9, 0.999, 0, 0, false));
        refused("weight decay", () -> Optimizer.sgd(0.1).withWeightDecay(-1));
        refused("weight decay", () -> Optimizer.sgd(0.1).withWeightDecay(Double.NaN));
        assertEquals(1, Optimizer.sgd(0.1).kind().states());
        assertEquals(2, Optimizer.adamw(0.1).kind().states());
        assertTrue(Optimizer.nesterov(0.1, 0.9).nesterov());
        assertEquals(0.01, Optimizer.adamw(0.1).weightDecay());
        assertEquals(0, Optimizer.adam(0.1).weightDecay());
        assertEquals(0.99, Optimizer.rmsprop(0.1).decay());
    }

    @Test
    void losses() {
        assertEquals(-100, Loss.crossEntropy().ignoreIndex());
        assertEquals(Loss.Reduction.MEAN, Loss.mse().reduction());
        Loss loss = Loss.mse().atLastStep().reduced(Loss.Reduction.SUM);
        assertEquals(new Loss(Loss.Kind.MSE, Loss.At.LAST, Loss.Reduction.SUM, Loss.IGNORE, List.of(), 0), loss);
        assertThrows(IllegalArgumentException.class, () -> Loss.mse().at(null));
    }

    @Test
    void weightsOfLosses() {
        Loss loss =
                Loss.crossEntropy().weighted(1, 0.5).smoothed(0.1).atLastStep().reduced(Loss.Reduction.SUM);
        assertEquals(List.of(1.0, 0.5), loss.weights());
        assertEquals(0.1, loss.smoothing());
        assertTrue(loss.takesClasses());
        assertFalse(Loss.bce().weighted(3).takesClasses());
        for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused("weight " + bad + " of output 1", () -> Loss.crossEntropy().weighted(1, bad));
            refused("smoothing", () -> Loss.crossEntropy().smoothed(bad));
        }
        refused("no weights", () -> Loss.mse().weighted(1));
        refused("labels", () -> Loss.bce().smoothed(0.1));
        refused("2 weights", () -> loss.requireOutputs(3));
    }
}
