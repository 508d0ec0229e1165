package org.bptt4j;

import org.bptt4j.backend.SweepForm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All of it by every form, with all budgets of memory. Not for a card: it opens thousands of backends and makes millions of launches, which may not
 * end within minutes there, and what it is about is the algorithm above the device.
 */
@Tag("full")
@ParameterizedClass
@EnumSource(names = {"GRAPH", "STEPS", "PERSISTENT"})
class CudaAlgorithmFormsTest extends DeviceAlgorithm {
    CudaAlgorithmFormsTest(SweepForm form) {
        super(form, true);
    }
}
