package org.bptt4j.backend.cuda;

import org.bptt4j.backend.Costs;
import org.bptt4j.backend.Workload;

/** What the CUDA backend would estimate of a card that is only described, for docs/auto.md. */
public final class CardModel {
    private CardModel() {}

    /** Milliseconds of a batch. */
    public static double millis(Costs.Card card, Workload workload) {
        return new CardEstimate(Costs.builtIn(), card).millis(workload);
    }
}
