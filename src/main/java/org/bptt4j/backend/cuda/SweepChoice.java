package org.bptt4j.backend.cuda;

import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.SweepForm;

/**
 * Which form a sweep takes. A form that was asked for is taken or refused; by itself:
 *
 * <table>
 * <caption>by the number of steps T</caption>
 * <tr><td>T &lt; {@value #LEAST_FOR_GRAPH}</td><td>steps: as few launches as a graph takes</td></tr>
 * <tr><td>otherwise</td><td>graph, from a shape's second sweep on</td></tr>
 * </table>
 *
 * The persistent kernels, which serve some cells and shapes only, must be asked for.
 */
final class SweepChoice implements Sweep {
    static final int LEAST_FOR_GRAPH = 4;

    private final SweepForm form;
    private final StepSweep steps;
    private final GraphSweep graph;
    private final PersistentSweep persistent;

    SweepChoice(SweepForm form, Blas blas, Kernels kernels, CudaMemory memory, Device device) {
        this.form = form;
        SweepSteps launches = new SweepSteps(blas, kernels, memory);
        steps = new StepSweep(launches);
        graph = new GraphSweep(launches, device, form == SweepForm.GRAPH);
        persistent = form == SweepForm.PERSISTENT ? new PersistentSweep(memory, device, null) : null;
    }

    /** The choice where {@code form} was asked for. */
    static Maker of(SweepForm form) {
        return (blas, kernels, memory, device) -> new SweepChoice(form, blas, kernels, memory, device);
    }

    /** The form for {@code count} steps; all but the persistent one serve every cell and shape. */
    private Sweep choose(int count) {
        return switch (form) {
            case STEPS -> steps;
            case GRAPH -> graph;
            case PERSISTENT -> persistent;
            default -> count < LEAST_FOR_GRAPH ? steps : graph;
        };
    }

    @Override
    public void forward(RecurrentForward f) {
        choose(f.steps()).forward(f);
    }

    @Override
    public void backward(RecurrentBackward f) {
        choose(f.steps()).backward(f);
    }

    /** After all work is done or lost. */
    @Override
    public void close() {
        graph.close();
        if (persistent != null) {
            persistent.close();
        }
    }
}
