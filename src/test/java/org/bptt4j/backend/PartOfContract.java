package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/**
 * A backend for each test of the contract, or of a part of it. A test that says it covers an operation fails if it did not call it, and
 * nothing may be left allocated.
 */
abstract class PartOfContract implements Contract {
    private Kit kit;

    @Override
    public Kit kit() {
        return kit;
    }

    @BeforeEach
    void openBackend() {
        // More threads than most machines lend to a test, so that work is split unevenly.
        kit = new Kit(open(3));
    }

    @AfterEach
    void closeBackendAndHoldTheTestToItsWord(TestInfo info) {
        kit.close();
        Covers covers = info.getTestMethod().orElseThrow().getAnnotation(Covers.class);
        if (covers != null) {
            Set<String> missing = new TreeSet<>(Arrays.asList(covers.value()));
            missing.removeAll(kit.called());
            assertTrue(missing.isEmpty(), "says it covers, but does not call: " + missing);
        }
    }
}
