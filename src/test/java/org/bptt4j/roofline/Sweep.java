package org.bptt4j.roofline;

import static org.bptt4j.roofline.Quantity.*;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.cuda.SweepPlan;
import org.bptt4j.roofline.Operation.Bytes;
import org.bptt4j.roofline.Operation.Call;

/** The operations of one sweep of one layer, as the backend's classes StepSweep, GraphSweep and PersistentSweep launch them. */
final class Sweep {
    /** By which launches a sweep is made. */
    enum Form {
        STEPS,
        GRAPH,
        PERSISTENT
    }

    private static final int FLOAT = 4;
    /** Rows and columns of a product that cuBLAS gives to one block, when there are few: a guess. */
    private static final int TILE = 32;

    private final Card card;
    private final boolean forward;
    private final int batch;
    private final int steps;
    private final int hidden;
    /** Bytes of [B, H], and whether all that the sweep walks over stays in L2. */
    private final double matrix;

    private final boolean inL2;

    Sweep(Card card, Row row, boolean forward) {
        this.card = card;
        this.forward = forward;
        batch = row.batch();
        steps = row.steps();
        hidden = row.hidden();
        matrix = (double) FLOAT * batch * hidden;
        inL2 = card.holds((forward ? 1 : 2) * matrix * steps + weight());
    }

    private double weight() {
        return (double) FLOAT * hidden * hidden;
    }

    private double flopOfStep() {
        return 2.0 * batch * hidden * hidden;
    }

    /** Whether there is such a sweep on the card. */
    boolean possible(Form form) {
        return form != Form.PERSISTENT || card.plan(batch, hidden).isPresent();
    }

    List<Operation> operations(Form form) {
        return form == Form.PERSISTENT
                ? PersistentModel.of(card, this, card.plan(batch, hidden).orElseThrow())
                : stepped(form == Form.GRAPH);
    }

    // ---- step by step -----------------------------------------------------------------------------------------------

    private List<Operation> stepped(boolean graphs) {
        List<Operation> all = new ArrayList<>();
        all.add(Operation.pointwise(card, new Bytes(2 * matrix, 0))); // begin_sweep
        if (graphs) {
            pieces(steps).forEach(n -> all.add(graph(n)));
        } else {
            for (int t = 0; t < steps; t++) {
                all.addAll(step());
            }
        }
        if (!forward) {
            all.add(Operation.pointwise(card, new Bytes(2 * matrix, 0))); // the carry leaves
        }
        return all;
    }

    /** A product, which reads W_hh anew, and a kernel, which reads the product too and writes h or δ twice. */
    private List<Operation> step() {
        boolean held = card.holds(weight() + 2 * matrix);
        double blocks = Math.ceil(batch / (double) TILE) * Math.ceil(hidden / (double) TILE);
        Bytes bytes = new Bytes(2 * matrix, 0).plus(Bytes.of(weight(), held));
        double chain = card.get(FMA_LATENCY) * hidden + bytes.latency(card);
        double multiprocessors = Math.min(card.get(MULTIPROCESSORS), blocks);
        Operation product = Operation.product(card, flopOfStep(), bytes, multiprocessors, chain);
        return List.of(product, Operation.pointwise(card, statesOfStep().plus(new Bytes(2 * matrix, 0))));
    }

    /** A_t in, h_t out; or ∂L/∂h_t and h_t in, δ_t out. */
    Bytes statesOfStep() {
        return Bytes.of((forward ? 2 : 3) * matrix, inL2);
    }

    private Operation graph(int count) {
        List<Operation> nodes = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            nodes.addAll(step());
        }
        nodes.add(Operation.pointwise(card, Bytes.NONE)); // advance_sweep
        Map<Bound, Double> spent = new EnumMap<>(Bound.class);
        Bytes bytes = Bytes.NONE;
        for (Operation node : nodes) {
            node.card().forEach((bound, micros) -> spent.merge(bound, micros, Double::sum));
            bytes = bytes.plus(node.bytes());
        }
        return new Operation(Call.GRAPH, nodes.size(), 0, count * flopOfStep(), bytes, card.get(GRAPH_LAUNCH), spent);
    }

    /** The steps of each graph: whole ones, then powers of two, the last rounded up. */
    static List<Integer> pieces(int count) {
        List<Integer> pieces = new ArrayList<>();
        int small = 0;
        for (int left = count; left > 0; left -= pieces.get(pieces.size() - 1)) {
            int size = Math.min(SweepPlan.GRAPH_STEPS, Integer.highestOneBit(left));
            boolean last = size < SweepPlan.GRAPH_STEPS && ++small == SweepPlan.GRAPH_PIECES;
            pieces.add(last && size < left ? 2 * size : size);
        }
        return pieces;
    }

    // ---- in one launch ----------------------------------------------------------------------------------------------

    boolean forward() {
        return forward;
    }

    int batch() {
        return batch;
    }

    int steps() {
        return steps;
    }

    int hidden() {
        return hidden;
    }

    double flop() {
        return steps * flopOfStep();
    }
}
