package org.bptt4j.backend;

import org.bptt4j.spec.Cell;

/**
 * The shape checks of the seam, made once for every backend. Each throws an {@link IllegalArgumentException} that names both
 * shapes.
 */
public final class Shapes {
    private Shapes() {}

    /** {@code m} must be [rows, cols]. */
    public static void require(String name, Matrix m, long rows, int cols) {
        if (m.rows() != rows || m.cols() != cols) {
            throw new IllegalArgumentException(name + " is " + m.shape() + ", needs [" + rows + ", " + cols + "]");
        }
    }

    /** {@code ints} must have {@code count} elements. */
    public static void require(String name, Ints ints, long count) {
        if (ints.count() != count) {
            throw new IllegalArgumentException(name + " is [" + ints.count() + "], needs [" + count + "]");
        }
    }

    /** {@code array} must hold {@code length} floats. */
    public static void require(String name, DeviceArray array, long length) {
        if (array.type() != DeviceArray.Type.FLOAT || array.length() != length) {
            throw new IllegalArgumentException(
                    name + " is " + array.type() + " [" + array.length() + "], needs FLOAT [" + length + "]");
        }
    }

    /** {@code count} elements from {@code start} of a host array of {@code length}, and from {@code at} of {@code array}. */
    public static void requireCopy(
            DeviceArray.Type type, int start, int count, int length, DeviceArray array, long at) {
        if (array.type() != type) {
            throw new IllegalArgumentException(
                    "a host array of " + type + " cannot be copied to or from an array of " + array.type());
        }
        if (start < 0 || count < 0 || at < 0 || count > length - start || count > array.length() - at) {
            throw new IllegalArgumentException(count + " elements from " + start + " of a host array [" + length
                    + "] and from " + at + " of a device array [" + array.length() + "]: a range passes an end");
        }
    }

    /** C [M,N] = op(A) [M,K] · op(B) [K,N]; C may not share memory with A or B. */
    public static void requireGemm(Transpose ta, Matrix a, Transpose tb, Matrix b, Matrix c) {
        boolean at = ta == Transpose.YES;
        boolean bt = tb == Transpose.YES;
        long m = at ? a.cols() : a.rows();
        long k = at ? a.rows() : a.cols();
        long k2 = bt ? b.cols() : b.rows();
        long n = bt ? b.rows() : b.cols();
        if (k != k2 || c.rows() != m || c.cols() != n) {
            throw new IllegalArgumentException("gemm: A " + a.shape() + (at ? "ᵀ" : "") + " · B " + b.shape()
                    + (bt ? "ᵀ" : "") + " does not give C " + c.shape());
        }
        requireDisjoint("gemm", a, c);
        requireDisjoint("gemm", b, c);
    }

    /** gradient [N, M] += Σ δᵀ·input over rows, a whole number of steps of {@code batch} rows. */
    public static void requireWeightGradient(Matrix delta, Matrix input, int batch, Matrix gradient) {
        requireSteps("delta", delta, batch);
        require("input", input, delta.rows(), gradient.cols());
        require("gradient", gradient, delta.cols(), input.cols());
        requireDisjoint("weightGradient", delta, gradient);
        requireDisjoint("weightGradient", input, gradient);
    }

    /** gradient [1, N] += Σ δ over rows, a whole number of steps of {@code batch} rows. */
    public static void requireBiasGradient(Matrix delta, int batch, Matrix gradient) {
        requireSteps("delta", delta, batch);
        require("gradient", gradient, 1, delta.cols());
    }

    /** to[i, ·] = from[rows[i], ·]. */
    public static void requireGatherRows(Ints rows, Matrix from, Matrix to) {
        require("rows", rows, to.rows());
        require("to", to, to.rows(), from.cols());
    }

    /** to[rows[i], ·] += from[i, ·]. */
    public static void requireScatterRows(Ints rows, Matrix from, Matrix to) {
        require("rows", rows, from.rows());
        require("from", from, from.rows(), to.cols());
    }

    /** to[r, ·] = from[r, ·] or zeros. */
    public static void requireMaskRows(Ints mask, Matrix from, Matrix to) {
        require("mask", mask, to.rows());
        require("from", from, to.rows(), to.cols());
    }

    /** to[r, ·] = from[r, ·] in part, in place or elsewhere; rows have numbers from {@code firstRow} on. */
    public static void requireDropout(long firstRow, Matrix from, Matrix to) {
        require("from", from, to.rows(), to.cols());
        if (firstRow < 0 || to.rows() > Long.MAX_VALUE - firstRow) {
            throw new IllegalArgumentException("dropout of " + to.rows() + " rows from number " + firstRow
                    + ": numbers must be at least 0 and pass no long");
        }
        if (from.offset() != to.offset() || from.stride() != to.stride()) {
            requireDisjoint("dropout", from, to);
        }
    }

    /** to[r, j] = weight[j, ids[r]]. */
    public static void requireGatherColumns(Ints ids, Matrix weight, Matrix to) {
        require("ids", ids, to.rows());
        require("to", to, to.rows(), (int) weight.rows());
    }

    /** gradient[j, ids[r]] += delta[r, j], over whole steps of {@code batch} rows. */
    public static void requireScatterColumns(Ints ids, Matrix delta, int batch, Matrix gradient) {
        require("ids", ids, delta.rows());
        requireSteps("delta", delta, batch);
        require("gradient", gradient, delta.cols(), gradient.cols());
    }

    /** Logits and their gradient [R, O], targets [R]. */
    public static void requireCrossEntropy(
            Matrix logits, Ints targets, Weighting weighting, Matrix dLogits, DeviceArray report) {
        require("targets", targets, logits.rows());
        requireLoss(logits, weighting, dLogits, report);
    }

    /** Outputs, targets and the outputs' gradient, all [R, O]. */
    public static void requireLossOfValues(
            Matrix outputs, Matrix targets, Weighting weighting, Matrix dOutputs, DeviceArray report) {
        require("targets", targets, outputs.rows(), outputs.cols());
        requireLoss(outputs, weighting, dOutputs, report);
    }

    private static void requireLoss(Matrix y, Weighting weighting, Matrix dy, DeviceArray report) {
        if (weighting.rows() != null) {
            require("row weights", weighting.rows(), y.rows(), 1);
        }
        if (weighting.outputs() != null) {
            require("output weights", weighting.outputs(), 1, y.cols());
        }
        require("gradient", dy, y.rows(), y.cols());
        require("report", report, Report.LENGTH);
    }

    /** The rows of {@code m} must be whole steps of {@code batch} rows. */
    public static void requireSteps(String name, Matrix m, int batch) {
        if (batch < 1 || m.rows() % batch != 0) {
            throw new IllegalArgumentException(name + " " + m.shape() + ": rows must be a multiple of batch " + batch);
        }
    }

    static void requireSweep(Cell cell, int batch, Matrix gates, Matrix states, Matrix cellStates, int hidden) {
        requireSteps("gates", gates, batch);
        require("gates", gates, gates.rows(), cell.kept() * hidden);
        require("states", states, gates.rows() + batch, hidden);
        requireCellState("cellStates", cell, cellStates, gates.rows() + batch, hidden);
        if (cell.isPlain() && !gates.equals(states.rows(batch, gates.rows()))) {
            throw new IllegalArgumentException(
                    "gates of a " + cell + " cell must be the memory of states from row " + batch);
        }
    }

    /** What belongs to c: [rows, H] if the cell has one, else null. */
    static void requireCellState(String name, Cell cell, Matrix m, long rows, int hidden) {
        if (cell.hasCellState() != (m != null)) {
            throw new IllegalArgumentException(
                    name + " of a " + cell + " cell must " + (m == null ? "not be null" : "be null: it has none"));
        }
        if (m != null) {
            require(name, m, rows, hidden);
        }
    }

    private static void requireDisjoint(String operation, Matrix in, Matrix out) {
        if (in.array() == out.array() && in.offset() < end(out) && out.offset() < end(in)) {
            throw new IllegalArgumentException(operation + ": the result " + out.shape() + " at offset " + out.offset()
                    + " overlaps the operand " + in.shape() + " at offset " + in.offset());
        }
    }

    private static long end(Matrix m) {
        return m.rows() == 0 ? m.offset() : m.offset() + (m.rows() - 1) * m.stride() + m.cols();
    }
}
