package org.bptt4j.backend.cuda;

import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;

/**
 * The two sweeps over time step by step. What does not depend on the step before is done by the caller for all steps at once.
 */
abstract class SteppedSweep implements Sweep {
    final SweepSteps steps;

    SteppedSweep(SweepSteps steps) {
        this.steps = steps;
    }

    /** Launches steps 0 … {@code count} − 1 behind the cursor; count > 0. */
    abstract void run(SweepShape shape, int count);

    @Override
    public final void forward(RecurrentForward f) {
        if (f.steps() > 0) {
            SweepShape shape = SweepShape.of(f);
            steps.require(shape);
            steps.begin(f);
            run(shape, f.steps());
        }
    }

    /** The product is summed from zero at every step, not only at the range's first: so a cut sweep gives the same bits. */
    @Override
    public final void backward(RecurrentBackward f) {
        if (f.steps() > 0) {
            SweepShape shape = SweepShape.of(f);
            steps.require(shape);
            steps.begin(f);
            run(shape, f.steps());
            steps.end(f);
        }
    }
}
