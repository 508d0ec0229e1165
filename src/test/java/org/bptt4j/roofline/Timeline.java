package org.bptt4j.roofline;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Operations in the order of the stream: the host queues one after the other, the card begins each when it is queued and free. */
final class Timeline {
    private final Map<Bound, Double> spent = new EnumMap<>(Bound.class);
    private double host;
    private double card;
    private double busy;

    Timeline(List<Operation> operations) {
        operations.forEach(this::add);
    }

    private void add(Operation operation) {
        host += operation.host();
        if (host > card) {
            Bound why = operation.call() == Operation.Call.UPLOAD ? Bound.UPLOAD : Bound.LAUNCH;
            spent.merge(why, host - card, Double::sum);
            card = host;
        }
        operation.card().forEach((bound, micros) -> spent.merge(bound, micros, Double::sum));
        card += operation.cardMicros();
        busy += operation.cardMicros();
    }

    /** From the first call to the end of the last operation. */
    double micros() {
        return card;
    }

    /** What bounds it: the host where that has more to do than the card, else what the card spends most of its time on. */
    Bound bound() {
        boolean byHost = host > busy;
        return spent.entrySet().stream()
                .filter(e -> byHost == (e.getKey() == Bound.LAUNCH || e.getKey() == Bound.UPLOAD))
                .max(Comparator.comparingDouble(Map.Entry::getValue))
                .orElseThrow()
                .getKey();
    }
}
