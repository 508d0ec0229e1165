package org.bptt4j.backend.cuda;

/** Sweeps whose every launch comes from the host. */
final class StepSweep extends SteppedSweep {
    StepSweep(SweepSteps steps) {
        super(steps);
    }

    @Override
    void run(SweepShape shape, int count) {
        for (int t = 0; t < count; t++) {
            steps.step(shape, t);
        }
    }
}
