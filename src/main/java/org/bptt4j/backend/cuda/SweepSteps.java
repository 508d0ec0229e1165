package org.bptt4j.backend.cuda;

import static org.bptt4j.backend.cuda.Inside.address;

import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Transpose;
import org.bptt4j.spec.Cell;

/**
 * The launches that sweeps over time consist of: for each step one product and one kernel.
 *
 * <p>Products take their operands from a workspace and leave their result there, and kernels find the rows of their step through
 * a cursor in device memory (kernels/cursor.cuh). So the launches of a step depend on its {@link SweepShape} only and can be
 * recorded, cuBLAS sees the same addresses at every step and need not choose anew, and where a sequence is cut does not show in
 * the bits. The price is that each h and δ [B, H] is written twice.
 */
final class SweepSteps {
    /** Room for a cursor; the products' operands begin on a boundary that vector loads like. */
    private static final long ALIGNMENT = 256;

    private final Blas blas;
    private final CudaMemory memory;
    private final Kernel begin;
    private final Kernel advance;
    private final Kernel copy;
    private final Kernel tanh;
    private final Kernel relu;
    private final Kernel tanhDerivative;
    private final Kernel reluDerivative;
    /** The cursor, then two matrices [B, H]; null until a sweep needs it. */
    private Address.Block workspace;
    /** Bytes for each of the matrices. */
    private long room;

    private long moves;

    SweepSteps(Blas blas, Kernels kernels, CudaMemory memory) {
        this.blas = blas;
        this.memory = memory;
        begin = kernels.get("begin_sweep", 19);
        advance = kernels.get("advance_sweep", 2);
        copy = kernels.get("copy", 6);
        tanh = kernels.get("activate_tanh", 6);
        relu = kernels.get("activate_relu", 6);
        tanhDerivative = kernels.get("derivative_tanh", 6);
        reluDerivative = kernels.get("derivative_relu", 6);
    }

    /** Makes the workspace as large as the shape needs. If it moves, launches that were recorded are of no use any more. */
    void require(SweepShape shape) {
        long needed = Kernel.pieces((long) shape.batch() * shape.hidden() * Float.BYTES, ALIGNMENT) * ALIGNMENT;
        if (workspace != null && needed <= room) {
            return;
        }
        moves++;
        if (workspace != null) {
            Address.Block old = workspace;
            workspace = null;
            memory.freeScratch(old);
        }
        workspace = memory.scratch(ALIGNMENT + 2 * needed);
        room = needed;
    }

    /** How often the workspace has moved. */
    long moves() {
        return moves;
    }

    private long cursor() {
        return workspace.address();
    }

    /** h_t or δ_t, which the products read. */
    private long factor() {
        return cursor() + ALIGNMENT;
    }

    /** h_t·W_hhᵀ, or the carry δ_t·W_hh. */
    private long product() {
        return factor() + room;
    }

    // ---- a sweep ----------------------------------------------------------------------------------------------------

    /** The cursor stands at the first step, h_0 is in its place. */
    void begin(RecurrentForward f) {
        Matrix out = f.states().rows(f.batch(), f.gates().rows());
        begin.pointer(cursor());
        begin.pointer(address(out)).number(out.stride()).number((long) f.batch() * out.stride());
        begin.pointer(0).number(0).number(0);
        begin.pointer(address(f.biasIh())).pointer(address(f.biasHh()));
        begin.pointer(f.lengths() == null ? 0 : address(f.lengths()));
        begin.pointer(f.resets() == null ? 0 : address(f.resets()))
                .number(f.batch())
                .number(f.firstStep());
        begin.number(f.steps()).pointer(address(f.states())).number(f.states().stride());
        begin.pointer(factor()).number(f.batch()).number(f.hidden()).overMatrix(f.batch(), f.hidden());
    }

    /** The cursor stands at the last step, the carry is in its place. */
    void begin(RecurrentBackward f) {
        long last = (f.steps() - 1L) * f.batch();
        Matrix d = f.dStates().rows(last, f.batch());
        Matrix h = f.states().rows(last + f.batch(), f.batch());
        begin.pointer(cursor());
        begin.pointer(address(d)).number(d.stride()).number((long) -f.batch() * d.stride());
        begin.pointer(address(h)).number(h.stride()).number((long) -f.batch() * h.stride());
        begin.pointer(0).pointer(0).pointer(0);
        begin.pointer(f.resets() == null ? 0 : address(f.resets().slice(last, f.batch())));
        begin.number(-f.batch()).number(0);
        begin.number(f.steps()).pointer(address(f.carry())).number(f.carry().stride());
        begin.pointer(product()).number(f.batch()).number(f.hidden()).overMatrix(f.batch(), f.hidden());
    }

    /** Step {@code t} behind the cursor; beyond the sweep's last, nothing changes. */
    void step(SweepShape shape, int t) {
        boolean isTanh = shape.cell() == Cell.TANH;
        if (shape.forward()) {
            multiply(shape, Transpose.YES);
            pointwise(isTanh ? tanh : relu, shape, t, product(), factor());
        } else {
            pointwise(isTanh ? tanhDerivative : reluDerivative, shape, t, product(), factor());
            multiply(shape, Transpose.NO);
        }
    }

    private void multiply(SweepShape shape, Transpose transpose) {
        blas.square(
                factor(), transpose, shape.weight(), shape.weightStride(), product(), shape.batch(), shape.hidden());
    }

    private void pointwise(Kernel kernel, SweepShape shape, int t, long in, long out) {
        kernel.pointer(cursor()).number(t).pointer(in).pointer(out);
        kernel.number(shape.batch()).number(shape.hidden()).overMatrix(shape.batch(), shape.hidden());
    }

    /** The cursor goes on by {@code steps}. */
    void advance(int steps) {
        advance.pointer(cursor()).number(steps).launchFlat(1);
    }

    /** The carry leaves. */
    void end(RecurrentBackward f) {
        copy.pointer(product())
                .number(f.hidden())
                .pointer(address(f.carry()))
                .number(f.carry().stride());
        copy.number(f.batch()).number(f.hidden()).overMatrix(f.batch(), f.hidden());
    }
}
