package org.bptt4j.backend.cuda;

import java.io.IOException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bptt4j.FixtureDeviation;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Precision;
import org.bptt4j.card.CardRun;
import org.bptt4j.spec.Cell;

/**
 * Whether a card computes what PyTorch did: losses, states and gradients of the fixtures by every form of the sweeps, cell and precision, an
 * item for each. {@link TestDevice} says which device.
 */
public final class CardSmoke {
    /** For a software device: of each cell the shortest few. */
    private static final int FEW = 3;
    /** Within which an item ends, or hangs; first of all, the driver's compiler is at work. */
    private static final double MOST_SECONDS = 40;

    private static final double MOST_SECONDS_OF_SOFTWARE = 300;

    private final CardRun run;
    private final CardBackends backends;
    private final Map<Cell, List<String>> fixtures = new HashMap<>();

    private CardSmoke(CardRun run, CardBackends backends) {
        this.run = run;
        this.backends = backends;
    }

    /** CardSmoke RESULTS SECONDS: exit code 0 if all is right, 1 if not, 3 if there was no time for all, {@link CardRun#AGAIN}. */
    public static void main(String[] arguments) throws IOException {
        CardRun run = CardBackends.run(arguments);
        run(run, Cell.all(), System.out);
        int incomplete = run.count(CardRun.State.NO_TIME) == 0 ? 0 : 3;
        System.exit(run.count(CardRun.State.FAILED) == 0 ? incomplete : 1);
    }

    static void run(CardRun run, List<Cell> cells, PrintStream out) {
        try (CardBackends backends = new CardBackends(out)) {
            CardSmoke smoke = new CardSmoke(run, backends);
            for (Precision precision : Precision.values()) {
                for (CardForm form : CardForm.values()) {
                    for (Cell cell : cells) {
                        smoke.item(form, cell, precision);
                    }
                }
            }
        }
    }

    private void item(CardForm form, Cell cell, Precision precision) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", "smoke");
        fields.put("form", form.toString());
        fields.put("cell", cell.name());
        fields.put("precision", PrecisionCheck.name(precision));
        String key = "smoke " + form + " " + cell + " " + PrecisionCheck.name(precision);
        double most = backends.isSoftware() ? MOST_SECONDS_OF_SOFTWARE : MOST_SECONDS;
        run.item(key, fields, most, result -> compare(form, cell, precision, result));
    }

    private List<String> fixtures(Cell cell) throws IOException {
        if (!fixtures.containsKey(cell)) {
            fixtures.put(cell, FixtureDeviation.names(cell));
        }
        return fixtures.get(cell);
    }

    private void compare(CardForm form, Cell cell, Precision precision, Map<String, Object> result)
            throws IOException, CardRun.NotOffered {
        Backend backend = backends.get(form, precision).backend();
        List<String> names = fixtures(cell);
        boolean software = backends.isSoftware();
        FixtureDeviation worst = FixtureDeviation.NONE;
        int cases = 0;
        for (String name : software ? names.subList(0, Math.min(FEW, names.size())) : names) {
            if (cases > 0 && run.secondsLeft() <= 0) {
                break;
            }
            try {
                worst = worst.orWorse(FixtureDeviation.of(name, backend, precision));
            } catch (BackendUnavailableException e) {
                if (cases > 0) {
                    throw e; // it did serve this cell
                }
                throw new CardRun.NotOffered(e.getMessage());
            }
            cases++;
        }
        result.put("cases", cases);
        result.put("of", names.size());
        result.put("worst", worst.error());
        result.put("of_allowed", worst.ofAllowed());
        result.put("where", worst.where());
        if (!worst.isAllowed()) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "off by %.3g of the root mean square, %.3g times what is allowed, in %s",
                    worst.error(),
                    worst.ofAllowed(),
                    worst.where()));
        }
    }
}
