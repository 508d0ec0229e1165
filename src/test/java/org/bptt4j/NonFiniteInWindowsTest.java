package org.bptt4j;

/** What is not finite is found in windows too, which have to be swept again for it. */
class NonFiniteInWindowsTest extends NonFiniteTest {
    /** Less than the whole of any batch here takes. */
    private static final long BYTES = 750;

    @Override
    Trainer.Builder trainerOf(Rnn rnn) {
        return Trainer.of(rnn).memory(BYTES);
    }
}
