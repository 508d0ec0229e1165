package org.bptt4j.roofline;

import static org.bptt4j.roofline.Quantity.*;

import java.util.EnumMap;
import java.util.Map;

/**
 * One call of the host and what the card does for it.
 *
 * @param call what the software device would count it as
 * @param nodes of a graph
 * @param barriers of all blocks
 * @param flop useful ones
 * @param bytes that it reads and writes
 * @param host µs until it is queued
 * @param card µs of the card, by what they are spent on
 */
record Operation(Call call, long nodes, long barriers, double flop, Bytes bytes, double host, Map<Bound, Double> card) {
    /** Where bytes come from and go to: L2, or memory where they do not stay in L2. */
    record Bytes(double l2, double dram) {
        static final Bytes NONE = new Bytes(0, 0);

        /** All of them in one place. */
        static Bytes of(double bytes, boolean inL2) {
            return inL2 ? new Bytes(bytes, 0) : new Bytes(0, bytes);
        }

        Bytes plus(Bytes other) {
            return new Bytes(l2 + other.l2, dram + other.dram);
        }

        Bytes times(double n) {
            return new Bytes(n * l2, n * dram);
        }

        double latency(Card card) {
            return card.get(dram > 0 ? DRAM_LATENCY : L2_LATENCY);
        }
    }

    enum Call {
        UPLOAD,
        KERNEL,
        PRODUCT,
        GRAPH,
        COOPERATIVE,
        MEMSET,
        DOWNLOAD
    }

    /** A matrix product by cuBLAS; {@code cycles} is the time of a chain of dependent instructions. */
    static Operation product(Card card, double flop, Bytes bytes, double multiprocessors, double cycles) {
        return device(card, Call.PRODUCT, flop, bytes, multiprocessors, cycles);
    }

    /** A kernel that reads and writes so many bytes, behind an address that it must read first. */
    static Operation pointwise(Card card, Bytes bytes) {
        double cycles = card.get(L2_LATENCY) + bytes.latency(card);
        return device(card, Call.KERNEL, 0, bytes, card.get(MULTIPROCESSORS), cycles);
    }

    /** A fill by the driver. */
    static Operation memset(Card card, Bytes bytes) {
        return device(card, Call.MEMSET, 0, bytes, card.get(MULTIPROCESSORS), bytes.latency(card));
    }

    /** Of its times, which overlap, the largest counts. */
    private static Operation device(
            Card card, Call call, double flop, Bytes bytes, double multiprocessors, double cycles) {
        Map<Bound, Double> spent = largest(Map.of(
                Bound.FMA, flop / card.flopPerMicro(multiprocessors),
                Bound.L2, bytes.l2() / (1e3 * card.get(L2)),
                Bound.DRAM, bytes.dram() / (1e3 * card.get(DRAM)),
                Bound.LATENCY, card.micros(cycles)));
        spent.put(Bound.KERNEL, card.get(KERNEL));
        return new Operation(call, 0, 0, flop, bytes, card.get(LAUNCH) + card.get(BINDING), spent);
    }

    /** The largest of some times that overlap. */
    static Map<Bound, Double> largest(Map<Bound, Double> times) {
        Map<Bound, Double> largest = new EnumMap<>(Bound.class);
        times.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .ifPresent(e -> largest.put(e.getKey(), e.getValue()));
        return largest;
    }

    /** Bytes that the host copies into pinned memory. */
    static Operation upload(Card card, double bytes) {
        double host = card.get(LAUNCH) + bytes / (1e3 * card.get(UPLOAD));
        return new Operation(Call.UPLOAD, 0, 0, 0, Bytes.NONE, host, Map.of());
    }

    static Operation report(Card card) {
        return new Operation(
                Call.DOWNLOAD, 0, 0, 0, Bytes.NONE, card.get(LAUNCH), Map.of(Bound.REPORT, card.get(REPORT)));
    }

    double cardMicros() {
        return card.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
