package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.Precision;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which card and which environment are refused, and with what words. */
class PrecisionCheckTest {
    @AfterEach
    void restore() {
        SoftGpu.restoreDefaults();
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, 75, , ",
        "FLOAT32, 75, 1, ",
        "FLOAT32, 80, , ",
        "FLOAT32, 80, '', ",
        "FLOAT32, 80, 0, ",
        "FLOAT32, 80, 1, NVIDIA_TF32_OVERRIDE=1",
        "FLOAT32, 90, 7, NVIDIA_TF32_OVERRIDE=7",
        "TF32, 75, , a card has compute capability 7.5",
        "TF32, 80, , ",
        "TF32, 86, 1, ",
        "TF32, 80, 0, NVIDIA_TF32_OVERRIDE=0",
        "BF16, 75, 1, bf16 needs 8.0 (Ampere)",
        "BF16, 120, , ",
        "BF16, 90, 0, NVIDIA_TF32_OVERRIDE=0"
    })
    void cardsAndEnvironments(Precision precision, int capability, String override, String words) {
        String text = PrecisionCheck.problem(precision, "a card", capability, override)
                .map(finding -> finding.text())
                .orElse("");
        assertTrue(words == null ? text.isEmpty() : text.contains(words), text);
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"TF32", "BF16"})
    void turingIsRefusedByName(Precision precision) {
        SoftDevice.require();
        SoftGpu.set("compute-capability", 75);
        for (String name : new String[] {"cuda", "auto"}) {
            String message = assertThrows(
                            BackendUnavailableException.class,
                            () -> Backends.select(name, SoftDevice.options().withPrecision(precision)))
                    .getMessage();
            for (String word : new String[] {
                "cuda:0 (Software CUDA device", "7.5", "8.0 (Ampere)", "BackendOptions.withPrecision(Precision.FLOAT32)"
            }) {
                assertTrue(message.contains(word), message);
            }
            assertEquals(name.equals("auto"), message.contains("not cpu: it multiplies in float32 only"), message);
        }
    }

    @Test
    void theDescriptionTells() {
        for (Precision precision : Precision.values()) {
            try (Backend backend = SoftDevice.open(precision)) {
                String name = PrecisionCheck.name(precision);
                assertTrue(backend.description().contains(", " + name + ", sweeps "), backend.description());
            }
        }
    }
}
