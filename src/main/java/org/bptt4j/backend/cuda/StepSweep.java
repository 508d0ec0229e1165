package org.bptt4j.backend.cuda;

import static org.bptt4j.backend.cuda.Inside.address;

import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Transpose;
import org.bptt4j.spec.Cell;

/**
 * The two sweeps over time, one product and one kernel for each step. What does not depend on the step before is done by the
 * caller for all steps at once.
 */
final class StepSweep implements Sweep {
    private final Blas blas;
    private final Kernel tanh;
    private final Kernel relu;
    private final Kernel tanhDerivative;
    private final Kernel reluDerivative;

    StepSweep(Blas blas, Kernels kernels) {
        this.blas = blas;
        tanh = kernels.get("activate_tanh", 8);
        relu = kernels.get("activate_relu", 8);
        tanhDerivative = kernels.get("derivative_tanh", 8);
        reluDerivative = kernels.get("derivative_relu", 8);
    }

    @Override
    public void forward(RecurrentForward f) {
        Kernel activate = f.cell() == Cell.TANH ? tanh : relu;
        int batch = f.batch();
        for (int t = 0; t < f.steps(); t++) {
            Matrix before = f.states().rows((long) t * batch, batch);
            Matrix h = f.states().rows((t + 1L) * batch, batch);
            blas.gemm(Transpose.NO, before, Transpose.YES, f.weight(), true, h);
            activate.pointer(address(h)).number(h.stride()).number(batch).number(f.hidden());
            activate.pointer(address(f.biasIh())).pointer(address(f.biasHh()));
            activate.pointer(f.lengths() == null ? 0 : address(f.lengths())).number((long) f.firstStep() + t);
            activate.overMatrix(batch, f.hidden());
        }
    }

    /** The product is summed from zero in the carry at every step, not only at the range's first: so a cut sweep gives the same bits. */
    @Override
    public void backward(RecurrentBackward f) {
        Kernel derivative = f.cell() == Cell.TANH ? tanhDerivative : reluDerivative;
        int batch = f.batch();
        Matrix carry = f.carry();
        for (int t = f.steps() - 1; t >= 0; t--) {
            Matrix d = f.dStates().rows((long) t * batch, batch);
            Matrix h = f.states().rows((t + 1L) * batch, batch);
            derivative
                    .pointer(address(d))
                    .number(d.stride())
                    .pointer(address(carry))
                    .number(carry.stride());
            derivative.pointer(address(h)).number(h.stride()).number(batch).number(f.hidden());
            derivative.overMatrix(batch, f.hidden());
            blas.gemm(Transpose.NO, d, Transpose.NO, f.weight(), false, carry);
        }
    }
}
