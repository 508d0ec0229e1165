package org.bptt4j.backend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Who may be opened: in which order, and why not those who were not. */
final class Candidates {
    private final BackendOptions options;
    /** Whether nobody was named. */
    private final boolean auto;
    /** Those that can run, as far as one can tell without opening them, the preferred first. */
    private final List<BackendProvider> usable = new ArrayList<>();

    private final Map<BackendProvider, Estimate> estimates = new HashMap<>();
    private final StringBuilder reasons = new StringBuilder();
    /** Whether somebody may wonder why one of those that cannot run does not. */
    private boolean expected;

    /** @param providers highest priority first */
    Candidates(List<BackendProvider> providers, BackendOptions options, boolean auto) {
        this.options = options;
        this.auto = auto;
        for (BackendProvider provider : providers) {
            Optional<String> reason = provider.unavailable(options);
            if (reason.isPresent()) {
                cannot(provider, reason.get());
            } else {
                usable.add(provider);
            }
        }
        if (usable.size() > 1 && options.workload() != null) {
            usable.forEach(provider -> provider.estimate(options).ifPresent(e -> estimates.put(provider, e)));
            preferTheFastest();
        }
    }

    private void cannot(BackendProvider provider, String reason) {
        expected |= provider.isExpected(options);
        reasons.append("; not ").append(provider.kind()).append(": ").append(reason);
    }

    /** One of higher priority keeps its place if it is ahead of the others by the margin. */
    private void preferTheFastest() {
        BackendProvider best = usable.get(0);
        for (BackendProvider other : usable) {
            Estimate one = estimates.get(best);
            Estimate two = estimates.get(other);
            if (other != best && one != null && two != null && two.millis() < margin() * one.millis()) {
                best = other;
            }
        }
        usable.remove(best);
        usable.add(0, best);
    }

    private static double margin() {
        return Costs.builtIn().margin();
    }

    /** Why not each of those that could not be opened. */
    String reasons() {
        return reasons.toString();
    }

    /** The first that opens, or null; {@code listener} is told where there was something to choose or to wonder about. */
    Backend open(Consumer<String> listener) {
        List<BackendProvider> left = new ArrayList<>(usable);
        while (!left.isEmpty()) {
            BackendProvider provider = left.remove(0);
            try {
                Backend backend = provider.open(options);
                say(backend, provider, left, listener);
                return backend;
            } catch (BackendUnavailableException e) {
                cannot(provider, e.getMessage());
            }
        }
        return null;
    }

    private void say(Backend backend, BackendProvider taken, List<BackendProvider> left, Consumer<String> listener) {
        String why = left.isEmpty() || !auto ? "" : why(taken, left.get(0));
        if (!why.isEmpty() || expected) {
            listener.accept("backend " + backend.description() + why + reasons);
        }
    }

    private String why(BackendProvider taken, BackendProvider other) {
        Estimate here = estimates.get(taken);
        Estimate there = estimates.get(other);
        if (here != null && there != null) {
            boolean passedOver = other.priority() > taken.priority();
            return ": " + options.workload() + " is estimated at " + here.words() + " here and " + there.words()
                    + " on " + there.place()
                    + (passedOver ? "; auto takes that where it is " + margin() + " times as fast, " : "; ")
                    + call(other) + " takes it at once";
        }
        return options.workload() == null
                ? ": the first that can run; BackendOptions.withWorkload lets auto compare it with the " + other.kind()
                : ": the first that can run; there is no estimate of " + (here == null ? "it" : "the " + other.kind())
                        + " to compare it with";
    }

    private static String call(BackendProvider provider) {
        return "Backends.select(\"" + provider.kind() + "\")";
    }
}
