package org.bptt4j.cli;

import java.util.Arrays;
import java.util.function.Predicate;
import org.apache.commons.math3.random.RandomGenerator;
import org.bptt4j.NonFiniteException;
import org.bptt4j.Rnn;
import org.bptt4j.RnnSession;
import org.bptt4j.data.Vocabulary;
import org.bptt4j.spec.Count;

/**
 * Draws text from a network, character by character: p_i ∝ exp(y_i/temperature).
 *
 * <p>Memory does not grow with the number of characters drawn, and with the prompt only by its ids: it is fed in stretches whose
 * outputs take at most 16 MiB, or one step's where that is more.
 */
final class Sampler {
    private static final int MOST_STEPS = 1024;
    /** Numbers that a stretch of the prompt may give. */
    private static final int MOST_OUTPUTS = 1 << 22;

    private final Rnn rnn;
    private final Vocabulary vocabulary;
    private final double temperature;
    private final RandomGenerator random;

    /**
     * A sampler.
     *
     * @param temperature above 0; or 0, which always takes the likeliest character
     */
    Sampler(Rnn rnn, Vocabulary vocabulary, double temperature, RandomGenerator random) {
        this.rnn = rnn;
        this.vocabulary = vocabulary;
        this.temperature = temperature;
        this.random = random;
    }

    /** {@code length} characters after {@code prompt}, which must have at least one and only known ones. */
    String continueText(String prompt, int length) {
        StringBuilder text = new StringBuilder();
        continueText(prompt, length, character -> {
            text.append(character);
            return true;
        });
        return text.toString();
    }

    /**
     * Hands out the same characters one by one as they are drawn.
     *
     * @param to is given a character (one code point) and tells whether to go on
     * @throws NonFiniteException if the network's outputs are not numbers to draw from
     */
    void continueText(String prompt, int length, Predicate<String> to) {
        int[] ids = vocabulary.encode(prompt);
        try (RnnSession session = new RnnSession(rnn, 1)) {
            float[] y = feed(session, ids);
            for (int n = 0; n < length; n++) {
                int id = draw(y, ids.length + (long) n);
                if (!to.test(vocabulary.decode(id))) {
                    return;
                }
                if (n + 1 < length) {
                    y = session.feed(id);
                }
            }
        }
    }

    /** Steps of a prompt that are fed at a time. */
    static int stretch(int outputs) {
        return Math.max(1, Math.min(MOST_STEPS, MOST_OUTPUTS / outputs));
    }

    /** The outputs after the last of {@code ids}. */
    private float[] feed(RnnSession session, int[] ids) {
        int stretch = stretch(vocabulary.size());
        float[] y = {};
        for (int from = 0; from < ids.length; from += stretch) {
            y = session.feed(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + stretch)));
        }
        return Arrays.copyOfRange(y, y.length - vocabulary.size(), y.length);
    }

    private int draw(float[] y, long after) {
        int likeliest = likeliest(y, after);
        if (temperature == 0) {
            return likeliest;
        }
        double[] upTo = new double[y.length];
        double sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            sum += Math.exp(((double) y[i] - y[likeliest]) / temperature);
            upTo[i] = sum;
        }
        double drawn = random.nextDouble() * sum;
        for (int i = 0; i < upTo.length; i++) {
            if (drawn < upTo[i]) {
                return i;
            }
        }
        return likeliest;
    }

    /** Minus infinity is a probability of 0; NaN and infinity are none, and all cannot be 0. */
    private int likeliest(float[] y, long after) {
        int likeliest = 0;
        for (int i = 0; i < y.length; i++) {
            if (Float.isNaN(y[i]) || y[i] == Float.POSITIVE_INFINITY) {
                throw notFinite(y, i, after);
            }
            likeliest = y[i] > y[likeliest] ? i : likeliest;
        }
        if (y[likeliest] == Float.NEGATIVE_INFINITY) {
            throw notFinite(y, likeliest, after);
        }
        return likeliest;
    }

    private NonFiniteException notFinite(float[] y, int id, long after) {
        return new NonFiniteException("after " + Count.of(after, "character") + " the network's output for "
                + Vocabulary.name(vocabulary.decode(id).codePointAt(0)) + " is " + y[id]
                + ", from which nothing can be drawn: its parameters are not sound; train it again, with a lower"
                + " learning rate");
    }
}
