package org.bptt4j;

import org.bptt4j.backend.SweepForm;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** All of it by graphs; auto takes one of the others. */
@ParameterizedClass
@EnumSource(names = "GRAPH")
class CudaAlgorithmTest extends DeviceAlgorithm {
    CudaAlgorithmTest(SweepForm form) {
        super(form, false);
    }
}
