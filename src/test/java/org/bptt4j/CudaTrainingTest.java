package org.bptt4j;

import org.bptt4j.backend.SweepForm;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Training by the other forms. */
@ParameterizedClass
@EnumSource(names = {"STEPS", "PERSISTENT"})
class CudaTrainingTest extends DeviceTraining {
    CudaTrainingTest(SweepForm form) {
        super(form);
    }
}
