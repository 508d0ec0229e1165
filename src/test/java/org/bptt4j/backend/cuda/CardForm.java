package org.bptt4j.backend.cuda;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.Finding;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.card.CardRun;

/** The forms of sweeps that a card is to be measured with. By itself the backend takes one of them, so that {@link SweepForm#AUTO} is none. */
public enum CardForm {
    GRAPH(SweepChoice.of(SweepForm.GRAPH)),
    /** Persistent, W_hh in each block. */
    SINGLE((blas, kernels, memory, device) -> new PersistentSweep(memory, device, PersistentPlan.Form.SINGLE)),
    /** Persistent, W_hh in slices. */
    SLICED((blas, kernels, memory, device) -> new PersistentSweep(memory, device, PersistentPlan.Form.SLICED)),
    STEPS(SweepChoice.of(SweepForm.STEPS));

    private final Sweep.Maker maker;

    CardForm(Sweep.Maker maker) {
        this.maker = maker;
    }

    /** As it is called in results. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * A backend whose sweeps are of this form, and the device in it, which has the stream that events are recorded on.
     *
     * @param device not to be closed
     */
    record Opened(Backend backend, Device device) implements AutoCloseable {
        @Override
        public void close() {
            backend.close();
        }
    }

    /** Opens one on {@link TestDevice}, whose libraries are loaded. A precision that the card does not have is not offered; all else that goes wrong is thrown. */
    Opened open(Precision precision) throws CardRun.NotOffered {
        BackendOptions options = TestDevice.options();
        Optional<Finding> problem = PrecisionCheck.problem(options.withPrecision(precision));
        if (problem.isPresent()) {
            throw new CardRun.NotOffered(problem.get().text());
        }
        AtomicReference<Device> inside = new AtomicReference<>();
        Backend backend = new CudaBackend(
                options.device(),
                (blas, kernels, memory, device) -> {
                    inside.set(device);
                    return maker.make(blas, kernels, memory, device);
                },
                precision,
                Blas.MOST_ELEMENTS);
        return new Opened(backend, inside.get());
    }
}
