package org.bptt4j.backend.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.SweepForm;

/** The backend with a cell that does not come with the library, {@link org.bptt4j.backend.Minimal}, whose kernels are in a module of their own. */
public final class OwnCell {
    static final Path SOURCE = Path.of("src", "test", "kernels", "minimal.cu");
    static final Path PTX = SOURCE.resolveSibling("minimal.ptx");

    private OwnCell() {}

    /** A backend that knows it. */
    public static Backend open(SweepForm form) {
        TestDevice.open().close();
        return new CudaBackend(
                0,
                (blas, kernels, memory, device) -> {
                    kernels.load("minimal.ptx", ptx());
                    return SweepChoice.of(form).make(blas, kernels, memory, device);
                },
                Precision.FLOAT32,
                Blas.MOST_ELEMENTS);
    }

    private static byte[] ptx() {
        try {
            return Files.readAllBytes(PTX);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
