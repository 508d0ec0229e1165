package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static org.bptt4j.backend.cuda.Inside.address;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.spec.Cell;

/**
 * The two sweeps over time in one launch each, whatever the number of steps, by the kernels of kernels/persistent_*.cu; shapes that
 * fit none of them go another way.
 */
final class PersistentSweep implements Sweep {
    private static final int FORWARD_ARGUMENTS = 13;
    private static final int BACKWARD_ARGUMENTS = 13;
    /** Behind the others: units of a block, and the counters of the groups' barriers. */
    private static final int SLICED_ARGUMENTS = 2;

    private final Device device;
    private final Device.Limits limits;
    private final PersistentPlan.Form form;
    private final Sweep otherwise;
    /** Loaded when a shape asks for them. */
    private final Map<PersistentPlan.Form, Kernels> modules = new EnumMap<>(PersistentPlan.Form.class);

    private final Map<String, Kernel> byName = new HashMap<>();
    /** For each group of blocks, how many have arrived at its barriers: 64 bits each. */
    private final Address.Block arrived;

    /**
     * @param form the only one to be used, or null for the best
     * @param otherwise for shapes that do not fit; closed with this one
     */
    PersistentSweep(Device device, CudaMemory memory, PersistentPlan.Form form, Sweep otherwise) {
        this.device = device;
        this.limits = device.limits();
        this.form = form;
        this.otherwise = otherwise;
        this.arrived = memory.scratch((long) limits.multiprocessors() * Long.BYTES);
    }

    /** The layout for a shape, or why there is none. */
    PersistentPlan.Fit fit(int batch, int hidden) {
        PersistentPlan.Fit fit = form == null
                ? PersistentPlan.of(limits, batch, hidden)
                : PersistentPlan.of(form, limits, batch, hidden);
        PersistentPlan plan = fit.plan();
        if (plan != null
                && Math.min(
                                forward(plan).blocksPerMultiprocessor(plan.shared()),
                                backward(plan).blocksPerMultiprocessor(plan.shared()))
                        < 1) {
            return new PersistentPlan.Fit(null, "the driver finds no room for a block of the kernels for H " + hidden);
        }
        return fit;
    }

    @Override
    public void forward(RecurrentForward f) {
        PersistentPlan plan = fit(f.batch(), f.hidden()).plan();
        if (plan == null) {
            otherwise.forward(f);
        } else if (f.steps() > 0) {
            Kernel kernel = forward(plan);
            layer(kernel, f.weight(), plan);
            Matrix states = f.states();
            kernel.pointer(address(states))
                    .number(states.stride())
                    .number(f.batch())
                    .number(f.steps());
            kernel.pointer(address(f.biasIh())).pointer(address(f.biasHh()));
            kernel.pointer(f.lengths() == null ? 0 : address(f.lengths())).number(f.firstStep());
            kernel.number(f.cell() == Cell.RELU ? 1 : 0);
            launch(kernel, plan);
        }
    }

    @Override
    public void backward(RecurrentBackward f) {
        PersistentPlan plan = fit(f.batch(), f.hidden()).plan();
        if (plan == null) {
            otherwise.backward(f);
        } else if (f.steps() > 0) {
            Kernel kernel = backward(plan);
            layer(kernel, f.weight(), plan);
            Matrix d = f.dStates();
            Matrix h = f.states().rows(f.batch(), (long) f.steps() * f.batch());
            Matrix carry = f.carry();
            kernel.pointer(address(d)).number(d.stride());
            kernel.pointer(address(h)).number(h.stride());
            kernel.pointer(address(carry)).number(carry.stride());
            kernel.number(f.batch()).number(f.steps());
            kernel.number(f.cell() == Cell.RELU ? 1 : 0);
            launch(kernel, plan);
        }
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
        otherwise.close();
    }
}
