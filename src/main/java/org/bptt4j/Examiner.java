package org.bptt4j;

import java.util.Optional;
import org.bptt4j.backend.Report;
import org.bptt4j.bptt.Bptt;
import org.bptt4j.bptt.NonFiniteSearch;
import org.bptt4j.bptt.NonFiniteSearch.Culprit;
import org.bptt4j.bptt.Parameter;
import org.bptt4j.data.Batch;
import org.bptt4j.data.BatchSource;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;

/** Looks at a network without training it, and without dropout: losses and gradients. Each is documented where {@link Trainer} offers it. */
final class Examiner {
    private static final String ADVICE =
            "Look for it in the data and in the parameters; of a training, lower the learning rate";

    private final Rnn rnn;
    private final Bptt bptt;
    private final DeviceReport report;
    private final Truncation truncation;
    private final Clipping clipping;

    Examiner(Rnn rnn, Bptt bptt, DeviceReport report, Truncation truncation, Clipping clipping) {
        this.rnn = rnn;
        this.bptt = bptt;
        this.report = report;
        this.truncation = truncation;
        this.clipping = clipping;
    }

    Evaluation evaluate(BatchSource source) {
        bptt.carried().setAside();
        try {
            return evaluateBatches(source);
        } finally {
            bptt.carried().restore();
        }
    }

    private Evaluation evaluateBatches(BatchSource source) {
        double sum = 0;
        long targets = 0;
        double weight = 0;
        bptt.withoutDropout();
        source.start(0);
        long number = 1;
        for (Batch batch = source.next(); batch != null; batch = source.next(), number++) {
            bptt.loadForward(batch);
            report.clear();
            for (int s = 0; s < bptt.segments(); s++) {
                bptt.evaluate(s, report.array());
            }
            report.read();
            float loss = report.get(Report.LOSS);
            if (!Float.isFinite(loss)) {
                Optional<Culprit> culprit = new NonFiniteSearch(bptt).findForward(0);
                throw new NonFiniteException(
                        "the loss of batch " + number + " of an evaluation is " + loss + began(culprit));
            }
            sum += loss * bptt.unit();
            targets += bptt.valid();
            weight += bptt.weight();
        }
        return new Evaluation(sum * bptt.scale(weight), targets);
    }

    double forwardBackward(Batch batch) {
        bptt.withoutDropout();
        bptt.load(batch);
        return forwardBackward(null, null);
    }

    /** Where it began and what to do. */
    private static String began(Optional<Culprit> culprit) {
        return culprit.map(c -> "; it began with " + c).orElse("") + ". "
                + NonFiniteException.advice(culprit.orElse(null), ADVICE);
    }

    /** Of the loaded batch; outputs and ∂L/∂x are put where they are wanted. */
    private double forwardBackward(float[] y, float[] dX) {
        report.clear();
        rnn.zeroGradients();
        double scale = bptt.scale(bptt.weight());
        for (int s = 0; s < bptt.segments(); s++) {
            if (y == null) {
                bptt.forward(s);
            } else {
                bptt.forward(s, y);
            }
            bptt.backward(s, scale, report.array(), dX);
        }
        report.read();
        double loss = report.get(Report.LOSS) * bptt.unit() * scale;
        if (!Double.isFinite(loss)) {
            throw notFinite(loss);
        }
        return loss;
    }

    private NonFiniteException notFinite(double loss) {
        NonFiniteSearch search = new NonFiniteSearch(bptt);
        Optional<String> gradient =
                search.firstParameter(rnn.network().gradientArray()).map(Parameter::name);
        Optional<Culprit> culprit = Optional.empty();
        for (int s = 0; s < bptt.segments() && culprit.isEmpty(); s++) {
            culprit = bptt.scale(s) == 0 ? search.findForward(s) : search.find(s, report.array());
        }
        bptt.carried().forget();
        String what = gradient.map(name -> "the gradient of " + name + " is not finite")
                .orElse("the loss is " + loss);
        return new NonFiniteException(what + began(culprit));
    }

    Gradients gradients(Batch batch) {
        bptt.withoutDropout();
        bptt.load(batch);
        boolean whole = truncation.isFullFor(batch.steps());
        float[] y = bptt.hostOutputs();
        float[] dX = whole ? bptt.hostInputGradient() : null;
        double value = forwardBackward(y, dX);
        float[] dH0 = whole ? bptt.downloadInitialStateGradient() : null;
        float[] dC0 = whole ? bptt.downloadInitialCellStateGradient() : null;
        rnn.backend().globalNorm(rnn.network().gradientArray(), report.array());
        rnn.backend().clip(clipping, rnn.network().gradientArray(), report.array());
        report.read();
        if (report.get(Report.NON_FINITE) != 0) {
            throw notFinite(value);
        }
        Gradients result = new Gradients(
                value,
                y,
                bptt.downloadFinalState(),
                bptt.downloadFinalCellState(),
                report.get(Report.NORM),
                dX,
                dH0,
                dC0);
        requireFinite(result, batch);
        return result;
    }

    /** What no target and no parameter's gradient depends on may still be infinite. */
    private void requireFinite(Gradients g, Batch batch) {
        RnnSpec net = rnn.spec();
        long[] states = {net.sweeps(), batch.rows(), net.hiddenSize()};
        requireFinite("the output [T,B,O]", g.outputs(), batch.steps(), batch.rows(), net.outputSize());
        requireFinite("the final state [L·D,B,H]", g.finalState(), states);
        requireFinite("the final cell state [L·D,B,H]", g.finalCellState(), states);
        requireFinite("the gradient of x [T,B,I]", g.x(), batch.steps(), batch.rows(), net.inputSize());
        requireFinite("the gradient of h0 [L·D,B,H]", g.initialState(), states);
        requireFinite("the gradient of c0 [L·D,B,H]", g.initialCellState(), states);
    }

    private static void requireFinite(String name, float[] values, long... shape) {
        String which = values == null ? null : FiniteValues.first(values, shape);
        if (which != null) {
            throw new NonFiniteException(name + " is not finite: element " + which + ". " + ADVICE);
        }
    }
}
