package org.bptt4j.backend;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bptt4j.spec.Cell;

/**
 * The constants from which backends estimate what a {@link Workload} takes, and the times of the forms of a device's sweeps, if they were measured:
 * all that {@code auto} knows of machines. They lie in one file, costs.properties beside this class, which says what each is and where it is from.
 *
 * @param source where they are from
 * @param margin how many times as fast as the CPU a device must be estimated to be taken
 * @param measured the card of which there are {@code sweeps}, or null
 * @param sweeps measured times of sweeps
 */
public record Costs(String source, double margin, Cpu cpu, Cuda cuda, Card measured, List<SweepTime> sweeps) {
    private static final String NAME = "costs.properties";
    private static final String CARD = "card.";

    public Costs {
        sweeps = List.copyOf(sweeps);
    }

    /**
     * Of the CPU.
     *
     * @param laneGflops GFLOP/s of a thread in large products, by lane of its vectors
     * @param scalarGflops of a thread without vectors
     * @param hiddenHalf H for which a thread reaches half of that
     * @param stepMicros of a step of a sweep beside its arithmetic, for each doubling of the threads
     * @param cacheMib above which W_hh comes from memory at every step
     * @param memoryGbs GB/s of memory
     */
    public record Cpu(
            double laneGflops,
            double scalarGflops,
            double hiddenHalf,
            double stepMicros,
            double cacheMib,
            double memoryGbs) {}

    /**
     * Of any card and its host.
     *
     * @param callMicros of the host for a launch, product or small copy
     * @param stepMicros of a step of a sweep beside its arithmetic
     * @param productShare of the card's rate that large products reach
     * @param l2Bytes that a multiprocessor reads from L2 in a cycle
     * @param uploadGbs GB/s of a batch's way to the card
     * @param waitMicros of the wait for the report
     */
    public record Cuda(
            double callMicros,
            double stepMicros,
            double productShare,
            double l2Bytes,
            double uploadGbs,
            double waitMicros) {}

    /**
     * What bounds a card's rate.
     *
     * @param lanes float32 lanes of a multiprocessor
     * @param mhz its clock
     * @param l2Mib size of L2
     * @param memoryGbs GB/s of its memory
     */
    public record Card(String name, double multiprocessors, double lanes, double mhz, double l2Mib, double memoryGbs) {
        /** Multiply-adds, counted as two, of so many multiprocessors in a µs. */
        public double flopPerMicro(double count) {
            return 2 * lanes * mhz * Math.min(count, multiprocessors);
        }
    }

    /**
     * A measured time.
     *
     * @param batch B
     * @param hidden H
     * @param micros of a step of one sweep, the mean of forward and backward
     */
    public record SweepTime(SweepForm form, Cell cell, int batch, int hidden, double micros) {}

    /** Those that come with the library. */
    public static Costs builtIn() {
        return BuiltIn.COSTS;
    }

    /** Read when they are first asked for. */
    private static final class BuiltIn {
        static final Costs COSTS = resource();
    }

    private static Costs resource() {
        try (InputStream stream = Objects.requireNonNull(Costs.class.getResourceAsStream(NAME), NAME)) {
            return parse(NAME, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads such a file.
     *
     * @throws IllegalArgumentException for whatever is wrong in it, with file and line
     */
    public static Costs read(Path file) throws IOException {
        return parse(file.toString(), Files.readString(file));
    }

    static Costs parse(String name, String text) {
        CostLines lines = new CostLines(name, text);
        Cpu cpu = new Cpu(
                lines.number("cpu.gflops.lane"),
                lines.number("cpu.gflops.scalar"),
                lines.number("cpu.hidden.half"),
                lines.number("cpu.step.micros"),
                lines.number("cpu.cache.mib"),
                lines.number("cpu.memory.gbs"));
        Cuda cuda = new Cuda(
                lines.number("cuda.call.micros"),
                lines.number("cuda.step.micros"),
                lines.number("cuda.product.share"),
                lines.number("cuda.l2.bytes"),
                lines.number("cuda.upload.gbs"),
                lines.number("cuda.wait.micros"));
        String source = lines.text("source");
        double margin = lines.number("margin");
        List<SweepTime> sweeps = new ArrayList<>();
        lines.takeSweeps(sweeps::add);
        Card card = lines.hasAny(CARD) || !sweeps.isEmpty() ? card(lines) : null;
        lines.requireNoMore();
        if (card != null && sweeps.isEmpty()) {
            throw new IllegalArgumentException(name + ": describes a card (" + CARD
                    + "...) and has no time of its sweeps; add sweep.FORM.CELL.B.H lines, or take the card out");
        }
        return new Costs(source, margin, cpu, cuda, card, sweeps);
    }

    private static Card card(CostLines lines) {
        return new Card(
                lines.text(CARD + "name"),
                lines.number(CARD + "multiprocessors"),
                lines.number(CARD + "lanes"),
                lines.number(CARD + "clock.mhz"),
                lines.number(CARD + "l2.mib"),
                lines.number(CARD + "memory.gbs"));
    }
}
