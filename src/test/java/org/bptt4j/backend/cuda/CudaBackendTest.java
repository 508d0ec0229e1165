package org.bptt4j.backend.cuda;

import org.junit.jupiter.api.Tag;

/** The contract with the form of the sweeps that is taken by default. */
@Tag("card")
class CudaBackendTest extends CudaContract {}
