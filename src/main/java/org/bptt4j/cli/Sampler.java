package org.bptt4j.cli;

import org.apache.commons.math3.random.RandomGenerator;
import org.bptt4j.Rnn;
import org.bptt4j.RnnSession;
import org.bptt4j.data.Vocabulary;

/** Draws text from a network, character by character: p_i ∝ exp(y_i/temperature). */
final class Sampler {
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
        int[] ids = vocabulary.encode(prompt);
        StringBuilder text = new StringBuilder(length);
        try (RnnSession session = new RnnSession(rnn, 1)) {
            float[] y = session.feed(ids);
            int from = y.length - vocabulary.size();
            for (int n = 0; n < length; n++) {
                int id = draw(y, from);
                text.append(vocabulary.decode(id));
                if (n + 1 < length) {
                    y = session.feed(id);
                    from = 0;
                }
            }
        }
        return text.toString();
    }

    private int draw(float[] y, int from) {
        int likeliest = from;
        for (int i = from + 1; i < y.length; i++) {
            likeliest = y[i] > y[likeliest] ? i : likeliest;
        }
        if (temperature == 0) {
            return likeliest - from;
        }
        double[] upTo = new double[y.length - from];
        double sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            sum += Math.exp((y[from + i] - y[likeliest]) / temperature);
            upTo[i] = sum;
        }
        double drawn = random.nextDouble() * sum;
        for (int i = 0; i < upTo.length; i++) {
            if (drawn < upTo[i]) {
                return i;
            }
        }
        return likeliest - from;
    }
}
