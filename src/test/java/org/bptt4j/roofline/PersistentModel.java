package org.bptt4j.roofline;

import static org.bptt4j.roofline.Quantity.*;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.cuda.SweepPlan;
import org.bptt4j.roofline.Operation.Bytes;
import org.bptt4j.roofline.Operation.Call;

/** One sweep by the kernels of kernels/persistent_*.cu, counted in cycles of the multiprocessor that has the most to do. */
final class PersistentModel {
    private static final int WARPS = 8;
    private static final int LANES_OF_WARP = 32;
    /** Units whose sums a warp adds up together, by 9 exchanges in 5 rounds. */
    private static final int UNITS_AT_ONCE = 8;

    private static final int EXCHANGES = 9;
    private static final int ROUNDS = 5;

    private final Card card;
    private final Sweep sweep;
    private final SweepPlan plan;

    private PersistentModel(Card card, Sweep sweep, SweepPlan plan) {
        this.card = card;
        this.sweep = sweep;
        this.plan = plan;
    }

    static List<Operation> of(Card card, Sweep sweep, SweepPlan plan) {
        PersistentModel model = new PersistentModel(card, sweep, plan);
        Operation launch = model.launch();
        if (plan.form() == SweepPlan.Form.SINGLE) {
            return List.of(launch);
        }
        Map<Bound, Double> start = Map.of(Bound.KERNEL, card.get(KERNEL));
        double host = card.get(LAUNCH) + card.get(BINDING);
        return List.of(new Operation(Call.MEMSET, 0, 0, 0, Bytes.NONE, host, start), launch);
    }

    private boolean single() {
        return plan.form() == SweepPlan.Form.SINGLE;
    }

    private Operation launch() {
        double weight = 4.0 * sweep.hidden() * sweep.hidden() * plan.groups();
        Map<Bound, Double> spent = new EnumMap<>(Bound.class);
        spent.put(Bound.KERNEL, card.get(KERNEL));
        spent.put(Bound.L2, weight / (1e3 * card.get(L2)));
        step().forEach((bound, micros) -> spent.merge(bound, sweep.steps() * micros, Double::sum));
        long barriers = single() ? 0 : sweep.steps() - (sweep.forward() ? 1 : 0);
        if (barriers > 0) {
            spent.merge(Bound.BARRIER, barriers * card.get(BARRIER), Double::sum);
        }
        Bytes bytes = bytesOfStep().times(sweep.steps()).plus(new Bytes(weight, 0));
        Call call = single() ? Call.KERNEL : Call.COOPERATIVE;
        return new Operation(call, 0, barriers, sweep.flop(), bytes, card.get(LAUNCH) + card.get(BINDING), spent);
    }

    /** The states once; in slices, all of x once more for every slice. */
    private Bytes bytesOfStep() {
        double again = single() ? 0 : 4.0 * plan.slices() * sweep.batch() * sweep.hidden();
        return sweep.statesOfStep().plus(new Bytes(again, 0));
    }

    /** µs of a step without its barrier: rows one after the other, or the bytes; then what the last row leaves waiting. */
    private Map<Bound, Double> step() {
        Map<Bound, Double> row = row();
        Map<Bound, Double> times = new EnumMap<>(Bound.class);
        row.forEach((bound, cycles) -> times.put(bound, plan.rows() * card.micros(cycles)));
        Bytes bytes = bytesOfStep();
        times.put(Bound.L2, bytes.l2() / (1e3 * card.get(L2)));
        times.put(Bound.DRAM, bytes.dram() / (1e3 * card.get(DRAM)));
        Map<Bound, Double> step = Operation.largest(times);
        double after = single()
                ? card.get(SHARED_LATENCY)
                : card.get(L2_LATENCY) + 2 * card.get(SHARED_LATENCY) + card.get(ACTIVATION);
        step.merge(Bound.LATENCY, card.micros(after), Double::sum);
        return step;
    }

    /**
     * Cycles of a row, of which the largest counts: multiply-adds; what goes through the pipe of shared memory and shuffles, one
     * instruction of a warp a cycle; and the chain from x to the sum, behind which a warp waits, while its scheduler has one other.
     */
    private Map<Bound, Double> row() {
        double tiles = plan.width() / (double) (single() ? LANES_OF_WARP : LANES_OF_WARP * WARPS);
        int units = single() ? plan.width() / WARPS : plan.units();
        double products = WARPS * LANES_OF_WARP * tiles * units / card.get(LANES);
        double chain = ROUNDS * card.get(EXCHANGE_LATENCY) + card.get(FMA_LATENCY) * tiles + products / 2;
        chain += single() ? card.get(SHARED_LATENCY) + card.get(ACTIVATION) : card.get(SHARED_LATENCY);
        double ahead = single() ? sweep.statesOfStep().latency(card) / 2 : plan.rows() > 1 ? card.get(L2_LATENCY) : 0;
        Map<Bound, Double> cycles = new EnumMap<>(Bound.class);
        cycles.put(Bound.FMA, products);
        cycles.put(Bound.SHARED, sharedInstructions(units, tiles));
        cycles.put(Bound.LATENCY, Math.max(chain, ahead));
        return cycles;
    }

    private double sharedInstructions(int units, double tiles) {
        double rest = Math.max(0, units - plan.unitsInRegisters()) * tiles;
        double exchanges = Math.ceil(units / (double) UNITS_AT_ONCE) * EXCHANGES;
        // x in and the sum out; or the parts of 8 sums out, and of each sum 8 parts in, by 32 lanes of 8 warps.
        double own = single() ? tiles + 1 : units / (double) UNITS_AT_ONCE + units / (double) LANES_OF_WARP;
        return WARPS * (rest + exchanges + own);
    }
}
