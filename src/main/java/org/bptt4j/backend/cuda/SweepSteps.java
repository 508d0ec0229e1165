package org.bptt4j.backend.cuda;

import static org.bptt4j.backend.cuda.Inside.address;

import java.util.HashMap;
import java.util.Map;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.RecurrentBackward;
import org.bptt4j.backend.RecurrentForward;
import org.bptt4j.backend.Transpose;
import org.bptt4j.spec.Cell;

/**
 * The launches that sweeps over time consist of: for each step one product and one kernel, and two or one around them.
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
    private final Kernels kernels;
    private final Kernel begin;
    private final Kernel advance;
    private final Kernel end;
    private final Map<Cell, Kernel> forward = new HashMap<>();
    private final Map<Cell, Kernel> backward = new HashMap<>();
    /** The cursor, two matrices [B, H] and a matrix [B, G·H]; null until a sweep needs it. */
    private Address.Block workspace;
    /** Bytes for each of the two. */
    private long stateRoom;
    /** Bytes for the one. */
    private long gateRoom;

    private long moves;

    SweepSteps(Blas blas, Kernels kernels, CudaMemory memory) {
        this.blas = blas;
        this.kernels = kernels;
        this.memory = memory;
        begin = kernels.get("begin_sweep", 28);
        advance = kernels.get("advance_sweep", 2);
        end = kernels.get("end_sweep", 6);
    }

    /** Finds the kernel of the shape's steps, and makes the workspace as large as the shape needs. If it moves, launches that were recorded are of no use any more. */
    void require(SweepShape shape) {
        kernel(shape);
        long states = aligned((long) shape.batch() * shape.hidden());
        long gates = aligned((long) shape.batch() * shape.cell().gates() * shape.hidden());
        if (workspace != null && states <= stateRoom && gates <= gateRoom) {
            return;
        }
        moves++;
        stateRoom = Math.max(states, stateRoom);
        gateRoom = Math.max(gates, gateRoom);
        if (workspace != null) {
            Address.Block old = workspace;
            workspace = null;
            memory.freeScratch(old);
        }
        workspace = memory.scratch(ALIGNMENT + 2 * stateRoom + gateRoom);
    }

    private static long aligned(long floats) {
        return Kernel.pieces(floats * Float.BYTES, ALIGNMENT) * ALIGNMENT;
    }

    /** The one that is called like the cell and the direction; a cell that has none is refused. */
    private Kernel kernel(SweepShape shape) {
        Map<Cell, Kernel> known = shape.forward() ? forward : backward;
        Kernel kernel = known.get(shape.cell());
        if (kernel == null) {
            kernel = kernels.ofCell(shape.cell(), shape.forward());
            known.put(shape.cell(), kernel);
        }
        return kernel;
    }

    /** How often the workspace has moved. */
    long moves() {
        return moves;
    }

    private long cursor() {
        return workspace.address();
    }

    /** [B, H]: h_t, which the forward product reads, or the carry, which the backward product makes. */
    private long state() {
        return cursor() + ALIGNMENT;
    }

    /** [B, G·H]: P_t = h_t·W_hhᵀ, which the forward product makes, or its gradient, which the backward product reads. */
    private long gates() {
        return state() + stateRoom;
    }

    /** [B, H]: what reaches the state before beside the product, if the cell has such a way. */
    private long direct(Cell cell) {
        return cell.direct() ? gates() + gateRoom : 0;
    }

    // ---- a sweep ----------------------------------------------------------------------------------------------------

    /** The cursor stands at the first step, h_0 is in its place. */
    void begin(RecurrentForward f) {
        begin.pointer(cursor());
        rows(f.gates(), 0);
        rows(f.states(), 0);
        rows(f.cellStates(), 0);
        for (int i = 0; i < 4; i++) {
            rows(null, 0); // of a backward sweep
        }
        begin.pointer(0).pointer(address(f.biasIh())).pointer(address(f.biasHh()));
        begin.pointer(f.lengths() == null ? 0 : address(f.lengths()));
        begin.pointer(f.resets() == null ? 0 : address(f.resets()));
        begin.number(f.batch()).number(f.firstStep()).number(f.steps());
        launch(f.states(), f.batch(), f.hidden());
    }

    /** The cursor stands at the last step, the carry is in its place. */
    void begin(RecurrentBackward f) {
        long last = (f.steps() - 1L) * f.batch();
        begin.pointer(cursor());
        rows(f.gates(), last);
        rows(f.states(), last);
        rows(f.cellStates(), last);
        rows(f.dStates(), last);
        rows(f.dGates(), last);
        rows(f.dProducts(), last);
        rows(f.cellCarry(), 0);
        begin.pointer(direct(f.cell())).pointer(0).pointer(0).pointer(0);
        begin.pointer(f.resets() == null ? 0 : address(f.resets().slice(last, f.batch())));
        begin.number(-f.batch()).number(0).number(f.steps());
        launch(f.carry(), f.batch(), f.hidden());
    }

    /** From row {@code first} of {@code m} on; nothing where there is no such matrix. */
    private void rows(Matrix m, long first) {
        long start = m == null ? 0 : address(m) + first * m.stride() * Float.BYTES;
        begin.pointer(start).number(m == null ? 0 : m.stride());
    }

    private void launch(Matrix from, int batch, int hidden) {
        begin.pointer(address(from)).number(from.stride()).pointer(state());
        begin.number(batch).number(hidden).overMatrix(batch, hidden);
    }

    /** Step {@code t} behind the cursor; beyond the sweep's last, nothing changes. */
    void step(SweepShape shape, int t) {
        int hidden = shape.hidden();
        int wide = shape.cell().gates() * hidden;
        if (shape.forward()) {
            multiply(shape, state(), Transpose.YES, gates(), wide, hidden);
            pointwise(shape, t, gates(), state());
        } else {
            pointwise(shape, t, state(), gates());
            multiply(shape, gates(), Transpose.NO, state(), hidden, wide);
        }
    }

    private void multiply(SweepShape shape, long a, Transpose transpose, long c, int cols, int terms) {
        blas.ofSweep(a, transpose, shape.weight(), shape.weightStride(), c, shape.batch(), cols, terms);
    }

    private void pointwise(SweepShape shape, int t, long in, long out) {
        Kernel kernel = kernel(shape);
        kernel.pointer(cursor()).number(t).pointer(in).pointer(out);
        kernel.number(shape.batch()).number(shape.hidden()).overMatrix(shape.batch(), shape.hidden());
    }

    /** The cursor goes on by {@code steps}. */
    void advance(int steps) {
        advance.pointer(cursor()).number(steps).launchFlat(1);
    }

    /** The carry leaves. */
    void end(RecurrentBackward f) {
        end.pointer(state()).pointer(direct(f.cell()));
        end.pointer(address(f.carry())).number(f.carry().stride());
        end.number(f.batch()).number(f.hidden()).overMatrix(f.batch(), f.hidden());
    }
}
