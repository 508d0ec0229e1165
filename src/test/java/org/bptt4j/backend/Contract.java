package org.bptt4j.backend;

/** A part of {@link BackendContract}. */
interface Contract {
    /** Another backend of the kind under test; the caller closes it. */
    Backend open(int threads);

    /** The backend under test and its data, fresh for every test. */
    Kit kit();

    /** The largest relative error of an operand as products read it: 0, as it is in memory. */
    default double operandError() {
        return 0;
    }

    /** The same for products that sum a weight's gradient. */
    default double gradientOperandError() {
        return operandError();
    }

    default Backend backend() {
        return kit().backend;
    }
}
