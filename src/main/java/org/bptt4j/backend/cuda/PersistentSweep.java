package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static org.bptt4j.backend.cuda.Inside.address;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.spec.Cell;

/**
 * The two sweeps over time in one launch each, whatever the number of steps, by the kernels of kernels/persistent_*.cu. Shapes
 * that fit none of them are refused, and so are cells other than tanh and ReLU.
 */
final class PersistentSweep implements Sweep {
    private static final int FORWARD_ARGUMENTS = 14;
    private static final int BACKWARD_ARGUMENTS = 14;
    /** Behind the others: units of a block, and the counters of the groups' barriers. */
    private static final int SLICED_ARGUMENTS = 2;

    private final Device device;
    private final Device.Limits limits;
    private final PersistentPlan.Form form;
    /** Loaded when a shape asks for them. */
    private final Map<PersistentPlan.Form, Kernels> modules = new EnumMap<>(PersistentPlan.Form.class);

    private final Map<String, Kernel> byName = new HashMap<>();
    private final Map<Shape, PersistentPlan.Fit> fits = new HashMap<>();
    /** For each group of blocks, how many have arrived at its barriers: 64 bits each. */
    private final Address.Block arrived;

    private record Shape(int batch, int hidden) {}

    /** @param form the only one to be used, or null for the best */
    PersistentSweep(CudaMemory memory, Device device, PersistentPlan.Form form) {
        this.device = device;
        this.limits = device.limits();
        this.form = form;
        this.arrived = memory.scratch((long) limits.multiprocessors() * Long.BYTES);
    }

    /** The layout for a shape, or why there is none. */
    PersistentPlan.Fit fit(int batch, int hidden) {
        return fits.computeIfAbsent(new Shape(batch, hidden), this::find);
    }

    /** Whether it has a kernel for that. */
    boolean serves(Cell cell, int batch, int hidden) {
        return serves(cell) && fit(batch, hidden).plan() != null;
    }

    private static boolean serves(Cell cell) {
        return cell.equals(Cell.TANH) || cell.equals(Cell.RELU);
    }

    private PersistentPlan.Fit find(Shape shape) {
        PersistentPlan.Fit fit = form == null
                ? PersistentPlan.of(limits, shape.batch(), shape.hidden())
                : PersistentPlan.of(form, limits, shape.batch(), shape.hidden());
        PersistentPlan plan = fit.plan();
        // The plan counts on all registers that a thread may have; the driver knows how many its compiler took.
        boolean room = plan == null
                || forward(plan).blocksPerMultiprocessor(plan.shared()) > 0
                        && backward(plan).blocksPerMultiprocessor(plan.shared()) > 0;
        return room ? fit : new PersistentPlan.Fit(null, "the driver has no room for a block of width " + plan.width());
    }

    @Override
    public void forward(RecurrentForward f) {
        PersistentPlan plan = plan(f.cell(), f.batch(), f.hidden());
        if (f.steps() > 0) {
            Kernel kernel = forward(plan);
            layer(kernel, f.weight(), plan);
            Matrix states = f.states();
            kernel.pointer(address(states))
                    .number(states.stride())
                    .number(f.batch())
                    .number(f.steps());
            kernel.pointer(address(f.biasIh())).pointer(address(f.biasHh()));
            kernel.pointer(f.lengths() == null ? 0 : address(f.lengths()));
            kernel.pointer(f.resets() == null ? 0 : address(f.resets())).number(f.firstStep());
            kernel.number(f.cell() == Cell.RELU ? 1 : 0);
            launch(kernel, plan);
        }
    }

    @Override
    public void backward(RecurrentBackward f) {
        PersistentPlan plan = plan(f.cell(), f.batch(), f.hidden());
        if (f.steps() > 0) {
            Kernel kernel = backward(plan);
            layer(kernel, f.weight(), plan);
            Matrix d = f.dStates();
            Matrix h = f.states().rows(f.batch(), (long) f.steps() * f.batch());
            Matrix carry = f.carry();
            kernel.pointer(address(d)).number(d.stride());
            kernel.pointer(address(h)).number(h.stride());
            kernel.pointer(address(carry)).number(carry.stride());
            kernel.number(f.batch()).number(f.steps());
            kernel.pointer(f.resets() == null ? 0 : address(f.resets()));
            kernel.number(f.cell() == Cell.RELU ? 1 : 0);
            launch(kernel, plan);
        }
    }

    private PersistentPlan plan(Cell cell, int batch, int hidden) {
        if (!serves(cell)) {
            throw new BackendUnavailableException("no persistent kernel for the cell " + cell
                    + ": there are some for tanh and relu; use the form graph, or auto");
        }
        PersistentPlan.Fit fit = fit(batch, hidden);
        if (fit.plan() == null) {
            throw new BackendUnavailableException("no persistent kernel for B " + batch + ", H " + hidden + ": "
                    + fit.misfit() + "; use the form graph, or auto");
        }
        return fit.plan();
    }

    private static void layer(Kernel kernel, Matrix weight, PersistentPlan plan) {
        kernel.pointer(address(weight)).number(weight.stride()).number(weight.cols());
        kernel.number(plan.rows());
    }

    private void launch(Kernel kernel, PersistentPlan plan) {
        if (plan.form() == PersistentPlan.Form.SINGLE) {
            kernel.launchFlat(plan.groups(), plan.shared());
            return;
        }
        int words = Long.BYTES / Integer.BYTES * plan.groups();
        Status.driver("cuMemsetD32Async", cuMemsetD32Async(arrived, 0, words, device.compute()));
        device.tally().fill();
        kernel.number(plan.units()).pointer(arrived.address());
        kernel.launchTogether(plan.slices(), plan.groups(), plan.shared());
    }

    private Kernel forward(PersistentPlan plan) {
        return kernel(plan, "forward", FORWARD_ARGUMENTS);
    }

    private Kernel backward(PersistentPlan plan) {
        return kernel(plan, "backward", BACKWARD_ARGUMENTS);
    }

    private Kernel kernel(PersistentPlan plan, String direction, int arguments) {
        String name = plan.form().kernel(direction, plan.width());
        int all = plan.form() == PersistentPlan.Form.SLICED ? arguments + SLICED_ARGUMENTS : arguments;
        return byName.computeIfAbsent(
                name,
                n -> modules.computeIfAbsent(plan.form(), form -> Kernels.persistent(device, form))
                        .get(n, all));
    }

    @Override
    public void close() {
        modules.values().forEach(Kernels::close);
    }
}
