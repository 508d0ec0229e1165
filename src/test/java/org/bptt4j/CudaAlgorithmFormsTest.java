package org.bptt4j;

import org.bptt4j.backend.SweepForm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** All of it by every form, with all budgets of memory. */
@Tag("card")
@Tag("full")
@ParameterizedClass
@EnumSource(names = {"GRAPH", "STEPS", "PERSISTENT"})
class CudaAlgorithmFormsTest extends DeviceAlgorithm {
    CudaAlgorithmFormsTest(SweepForm form) {
        super(form, true);
    }
}
