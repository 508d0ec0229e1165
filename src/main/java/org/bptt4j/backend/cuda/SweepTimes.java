package org.bptt4j.backend.cuda;

import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.bptt4j.backend.Costs;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.spec.Cell;

/** Measured times of sweeps by shape, and which form they name. Plain cells stand for each other: they differ in one instruction. */
final class SweepTimes {
    private final List<Costs.SweepTime> all;

    SweepTimes(List<Costs.SweepTime> all) {
        this.all = all;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    boolean has(SweepForm form) {
        return all.stream().anyMatch(time -> time.form() == form);
    }

    /** The fastest form of the measured shape nearest to this one; null where none of the cell was measured. */
    Costs.SweepTime fastest(Cell cell, int batch, int hidden) {
        return fastest(cell, batch, hidden, form -> true);
    }

    /** The same of the forms that are possible. */
    Costs.SweepTime fastest(Cell cell, int batch, int hidden, Predicate<SweepForm> possible) {
        return all.stream()
                .filter(time -> like(time.cell(), cell) && possible.test(time.form()))
                .min(Comparator.comparingDouble((Costs.SweepTime time) -> distance(time, batch, hidden))
                        .thenComparingDouble(Costs.SweepTime::micros))
                .orElse(null);
    }

    private static boolean like(Cell one, Cell other) {
        return one.equals(other) || one.isPlain() && other.isPlain();
    }

    /** By how many times B and H differ, added up in logarithms. */
    private static double distance(Costs.SweepTime time, int batch, int hidden) {
        return Math.abs(Math.log(time.batch() / (double) batch)) + Math.abs(Math.log(time.hidden() / (double) hidden));
    }
}
