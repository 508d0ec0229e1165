package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.bptt4j.spec.Loss;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void constantsAreLowerCaseWithDashes() {
        assertEquals("cross-entropy", Names.of(Loss.Kind.CROSS_ENTROPY));
        assertEquals(List.of("cross-entropy", "mse", "bce"), Names.all(Loss.Kind.class));
        assertEquals(Loss.Kind.CROSS_ENTROPY, Names.parse("--loss", "cross-entropy", Loss.Kind.class));
    }

    @Test
    void aWrongNameIsRefusedWithThoseThereAre() {
        UsageException e =
                assertThrows(UsageException.class, () -> Names.parse("--loss", "cross_entropy", Loss.Kind.class));
        assertEquals(
                "--loss 'cross_entropy': must be one of cross-entropy, mse, bce; did you mean 'cross-entropy'?",
                e.getMessage());
        e = assertThrows(UsageException.class, () -> Names.parse("--loss", "hinge", Loss.Kind.class));
        assertEquals("--loss 'hinge': must be one of cross-entropy, mse, bce", e.getMessage());
    }

    @Test
    void theNearestIsTheOneWithTheFewestEdits() {
        List<String> names = List.of("train", "bench", "evaluate");
        assertEquals(Optional.of("train"), Names.nearest("trian", names));
        assertEquals(Optional.of("train"), Names.nearest("TRAIN", names));
        assertEquals(Optional.of("SUNSPOTS"), Names.nearest("sunspot", List.of("MONTH", "SUNSPOTS")));
        assertEquals(Optional.of("branch"), Names.nearest("brench", List.of("bench-all", "branch")));
        assertEquals(Optional.empty(), Names.nearest("xyz", names));
        assertEquals(Optional.empty(), Names.nearest("", names));
    }
}
