package org.bptt4j.roofline;

import static org.bptt4j.roofline.Quantity.*;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bptt4j.backend.cuda.SweepPlan;

/** A card on paper. To add one, describe it here, name it in {@link #ALL} and run {@code benchmarks/roofline}. */
public record Card(String name, Map<Quantity, Value> values) {
    /** A number and whether somebody published it, or we believe it. */
    record Value(double number, boolean published) {}

    private static Value p(double number) {
        return new Value(number, true);
    }

    private static Value b(double number) {
        return new Value(number, false);
    }

    /** The same for every card: the host, and latencies that hardly differ. */
    private static final Map<Quantity, Value> COMMON = Map.ofEntries(
            Map.entry(REGISTERS, p(65_536)),
            Map.entry(LAUNCH, p(3)),
            Map.entry(BINDING, b(2)),
            Map.entry(GRAPH_LAUNCH, p(3)),
            Map.entry(KERNEL, p(0.9)),
            Map.entry(BARRIER, p(1.2)),
            Map.entry(FMA_LATENCY, p(4)),
            Map.entry(SHARED_LATENCY, p(25)),
            Map.entry(EXCHANGE_LATENCY, b(35)),
            Map.entry(ACTIVATION, b(150)),
            Map.entry(UPLOAD, b(10)),
            Map.entry(REPORT, b(10)));

    public static final Card H100 = card(
            "H100 SXM",
            Map.of(
                    MULTIPROCESSORS, p(132),
                    LANES, p(128),
                    CLOCK, p(1.98),
                    TF32, p(494),
                    DRAM, p(3350),
                    L2_SIZE, p(50),
                    L2, p(5500),
                    L2_LATENCY, b(270),
                    DRAM_LATENCY, b(600),
                    SHARED, p(227)));

    public static final Card RTX_4060 = card(
            "RTX 4060",
            Map.of(
                    MULTIPROCESSORS, p(24),
                    LANES, p(128),
                    CLOCK, p(2.46),
                    TF32, p(15.1),
                    DRAM, p(272),
                    L2_SIZE, p(24),
                    L2, b(1260),
                    L2_LATENCY, p(279),
                    DRAM_LATENCY, b(600),
                    SHARED, p(99)));

    /** Too old for our kernels; here because others have published times of it. */
    public static final Card V100 = card(
            "V100",
            Map.of(
                    MULTIPROCESSORS, p(80),
                    LANES, p(64),
                    CLOCK, p(1.53),
                    TF32, p(0),
                    DRAM, p(900),
                    L2_SIZE, p(6),
                    L2, p(2540),
                    L2_LATENCY, p(214),
                    DRAM_LATENCY, p(436),
                    SHARED, p(96)));

    static final List<Card> ALL = List.of(H100, RTX_4060, V100);
    /** Those whose tables are printed. */
    static final List<Card> SHOWN = List.of(H100, RTX_4060);

    private static Card card(String name, Map<Quantity, Value> own) {
        Map<Quantity, Value> values = new EnumMap<>(COMMON);
        values.putAll(own);
        for (Quantity q : Quantity.values()) {
            if (!values.containsKey(q)) {
                throw new IllegalArgumentException(name + " has no " + q);
            }
        }
        return new Card(name, values);
    }

    /** The same card with another value. */
    Card with(Quantity quantity, double number) {
        Map<Quantity, Value> changed = new EnumMap<>(values);
        changed.put(quantity, b(number));
        return new Card(name, changed);
    }

    double get(Quantity quantity) {
        return values.get(quantity).number();
    }

    /** Float32 multiply-adds, counted as two, of so many multiprocessors in a µs. */
    double flopPerMicro(double multiprocessors) {
        return 2e3 * get(LANES) * get(CLOCK) * multiprocessors;
    }

    double micros(double cycles) {
        return cycles / (1e3 * get(CLOCK));
    }

    /** Whether so many bytes stay in L2 from one kernel to the next. */
    boolean holds(double bytes) {
        return bytes <= get(L2_SIZE) * (1 << 20);
    }

    Optional<SweepPlan> plan(int batch, int hidden) {
        int shared = (int) get(SHARED) << 10;
        return SweepPlan.of((int) get(MULTIPROCESSORS), (int) get(REGISTERS), shared, batch, hidden);
    }
}
