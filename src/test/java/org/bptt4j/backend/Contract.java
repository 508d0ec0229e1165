package org.bptt4j.backend;

/** A part of {@link BackendContract}. */
interface Contract {
    /** Another backend of the kind under test; the caller closes it. */
    Backend open(int threads);

    /** The backend under test and its data, fresh for every test. */
    Kit kit();

    default Backend backend() {
        return kit().backend;
    }
}
