package org.bptt4j.backend.cuda;

import java.util.Optional;

/**
 * The layout that the backend would choose for a persistent sweep on a card that is only described, for the model of
 * docs/roofline.md.
 *
 * @param form single or sliced
 * @param width H is filled up to this
 * @param units of the layer in a block
 * @param unitsInRegisters of those in the share of a warp (single) or in a block (sliced); the weights of the rest lie in shared memory
 * @param rows of the batch in a block
 * @param slices blocks that share the units of a row
 * @param groups of blocks that share the rows
 */
public record SweepPlan(
        Form form, int width, int units, int unitsInRegisters, int rows, int slices, int groups, int sharedBytes) {
    /** What a block holds: all of W_hh, or that of some units. */
    public enum Form {
        SINGLE,
        SLICED
    }

    /** Steps of the longest graph. */
    public static final int GRAPH_STEPS = GraphSweep.STEPS;
    /** Graphs for what is left behind whole ones. */
    public static final int GRAPH_PIECES = GraphSweep.MOST_PIECES;

    /** The backend's own choice; empty where no persistent kernel fits. */
    public static Optional<SweepPlan> of(int multiprocessors, int registers, int sharedBytes, int batch, int hidden) {
        Device.Limits limits = new Device.Limits(multiprocessors, registers, sharedBytes, true);
        return Optional.ofNullable(PersistentPlan.of(limits, batch, hidden).plan())
                .map(SweepPlan::of);
    }

    private static SweepPlan of(PersistentPlan p) {
        int inRegisters = p.form().sizes().stream()
                .filter(size -> size.width() == p.width())
                .findFirst()
                .orElseThrow()
                .unitsInRegisters();
        Form form = Form.valueOf(p.form().name());
        return new SweepPlan(form, p.width(), p.units(), inRegisters, p.rows(), p.slices(), p.groups(), p.shared());
    }
}
