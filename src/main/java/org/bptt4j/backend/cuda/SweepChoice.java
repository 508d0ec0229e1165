package org.bptt4j.backend.cuda;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.Costs;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.spec.Cell;

/**
 * Which form a sweep takes. A form that was asked for is taken or refused; by itself:
 *
 * <table>
 * <caption>the first row that is true</caption>
 * <tr><td>T &lt; {@value #LEAST_FOR_GRAPH}</td><td>steps: as few launches as a graph takes</td></tr>
 * <tr><td>{@link Costs} has times of the cell's sweeps</td><td>the fastest at the nearest shape, of the forms that this shape can have</td></tr>
 * <tr><td>otherwise</td><td>graph</td></tr>
 * </table>
 *
 * A graph is taken from a shape's second sweep on. While no card was measured, the persistent kernels, which serve some cells and shapes only, must be
 * asked for. Beside {@link Precision#TF32} they always must, because they multiply in float32 all the same.
 */
final class SweepChoice implements Sweep {
    static final int LEAST_FOR_GRAPH = 4;

    private final SweepForm form;
    private final SweepTimes times;
    private final StepSweep steps;
    private final GraphSweep graph;
    private final PersistentSweep persistent;
    /** By the times, for shapes that were seen. */
    private final Map<Shape, Sweep> chosen = new HashMap<>();

    private record Shape(Cell cell, int batch, int hidden) {}

    /** @param times of the forms that may be taken unasked */
    private SweepChoice(
            SweepForm form, SweepTimes times, Blas blas, Kernels kernels, CudaMemory memory, Device device) {
        this.form = form;
        this.times = times;
        SweepSteps launches = new SweepSteps(blas, kernels, memory);
        steps = new StepSweep(launches);
        graph = new GraphSweep(launches, device, form == SweepForm.GRAPH);
        boolean used = form == SweepForm.PERSISTENT || form == SweepForm.AUTO && times.has(SweepForm.PERSISTENT);
        persistent = used ? new PersistentSweep(memory, device, null) : null;
    }

    /** The choice where {@code form} was asked for. */
    static Maker of(SweepForm form) {
        return of(form, Costs.builtIn().sweeps());
    }

    /** The same with other measurements. */
    static Maker of(SweepForm form, List<Costs.SweepTime> times) {
        return (blas, kernels, memory, device) -> {
            List<Costs.SweepTime> usable = times.stream()
                    .filter(time -> time.form() != SweepForm.PERSISTENT || blas.isFloat32())
                    .toList();
            return new SweepChoice(form, new SweepTimes(usable), blas, kernels, memory, device);
        };
    }

    /** The form for {@code count} steps of a shape; all but the persistent one serve every cell and shape. */
    private Sweep choose(int count, Cell cell, int batch, int hidden) {
        return switch (form) {
            case STEPS -> steps;
            case GRAPH -> graph;
            case PERSISTENT -> persistent;
            default -> count < LEAST_FOR_GRAPH ? steps : fastest(cell, batch, hidden);
        };
    }

    private Sweep fastest(Cell cell, int batch, int hidden) {
        return times.isEmpty() ? graph : chosen.computeIfAbsent(new Shape(cell, batch, hidden), this::fastest);
    }

    private Sweep fastest(Shape shape) {
        Costs.SweepTime time = times.fastest(
                shape.cell(),
                shape.batch(),
                shape.hidden(),
                f -> f != SweepForm.PERSISTENT || persistent.serves(shape.cell(), shape.batch(), shape.hidden()));
        if (time == null) {
            return graph;
        }
        return switch (time.form()) {
            case STEPS -> steps;
            case PERSISTENT -> persistent;
            default -> graph;
        };
    }

    @Override
    public void forward(RecurrentForward f) {
        choose(f.steps(), f.cell(), f.batch(), f.hidden()).forward(f);
    }

    @Override
    public void backward(RecurrentBackward f) {
        choose(f.steps(), f.cell(), f.batch(), f.hidden()).backward(f);
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
