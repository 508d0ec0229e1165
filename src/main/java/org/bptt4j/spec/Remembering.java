package org.bptt4j.spec;

/**
 * How the gates of a cell with a {@linkplain Cell#forgetGate forget gate} begin, so that it remembers from the first update on: what is in {@code bias_ih};
 * the same elements of {@code bias_hh} are zero.
 *
 * <pre>
 * bias(b)    forget gate b                                      Jozefowicz, Zaremba and Sutskever (2015) recommend 1
 * upTo(T)    forget gate ln U(1, T−1), input gate its negative  "chrono initialization", Tallec and Ollivier (2018)
 * </pre>
 *
 * With the second, units forget in times from 1 to T steps, and take in as little of each step as they forget, so that a sum over T steps stays within
 * bounds.
 *
 * @param bias b; of no use with steps
 * @param steps T, or 0 for one bias
 */
public record Remembering(double bias, int steps) {
    public Remembering {
        if (!Float.isFinite((float) bias)) {
            throw new IllegalArgumentException("forget bias " + bias + ": must be a finite number");
        }
        if (steps != 0 && steps < 3) {
            throw new IllegalArgumentException("remembering up to " + steps + " steps: must be at least 3");
        }
    }

    /** One bias for all forget gates. */
    public static Remembering bias(double b) {
        return new Remembering(b, 0);
    }

    /** Units that remember for up to so many steps. */
    public static Remembering upTo(int steps) {
        if (steps == 0) {
            throw new IllegalArgumentException("remembering up to 0 steps: must be at least 3");
        }
        return new Remembering(0, steps);
    }

    /** An {@link IllegalArgumentException} if {@code cell} has no forget gate. */
    public void requireFits(Cell cell) {
        if (cell.forgetGate() < 0) {
            throw new IllegalArgumentException(
                    "a " + cell + " cell has no forget gate to begin with a bias, only an lstm cell has");
        }
    }
}
