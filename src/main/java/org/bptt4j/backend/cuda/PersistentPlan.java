package org.bptt4j.backend.cuda;

import java.util.List;
import java.util.Locale;

/**
 * How a sweep is laid out on a card when one launch does all its steps and W_hh stays in the registers and the shared memory of
 * the multiprocessors (docs/persistent.md). Blocks have {@link Kernel#THREADS} threads and a multiprocessor to themselves.
 *
 * @param form which kernels
 * @param width H is filled up to this with zeros; part of the kernels' names
 * @param units of the layer in a block
 * @param rows of the batch in a block
 * @param slices blocks that share the units of a row
 * @param groups blocks, or groups of blocks that wait for each other, that share the rows
 * @param shared dynamic shared memory of a block in bytes
 */
record PersistentPlan(Form form, int width, int units, int rows, int slices, int groups, int shared) {
    /** What a block holds, and the kernels for it by width, as in kernels/persistent_*.cu. */
    enum Form {
        /** All of W_hh. */
        SINGLE(new Size(32, 4), new Size(64, 8), new Size(128, 16), new Size(192, 24), new Size(256, 24)),
        /** The rows of W_hh (forward; columns backward) that make some of the units. */
        SLICED(
                new Size(256, 32),
                new Size(512, 32),
                new Size(1024, 32),
                new Size(1536, 24),
                new Size(2048, 16),
                new Size(2560, 16));

        private final List<Size> sizes;

        Form(Size... sizes) {
            this.sizes = List.of(sizes);
        }

        List<Size> sizes() {
            return sizes;
        }

        private int widest() {
            return sizes.get(sizes.size() - 1).width();
        }

        /** The narrowest for H, or null. */
        private Size sizeFor(int hidden) {
            return sizes.stream()
                    .filter(size -> hidden <= size.width())
                    .findFirst()
                    .orElse(null);
        }

        /** The kernels' module, which has the name of its source. */
        String module() {
            return "persistent_" + prefix();
        }

        /** The kernel's name. */
        String kernel(String direction, int width) {
            return prefix() + "_" + direction + "_" + width;
        }

        private String prefix() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A kernel's width, and how many of a warp's (single) or block's (sliced) units have their weights in registers. */
    record Size(int width, int unitsInRegisters) {}

    /** A plan, or why there is none. */
    record Fit(PersistentPlan plan, String misfit) {}

    static final int WARPS = Kernel.THREADS / 32;

    /** What a thread of the larger kernels may use, for all threads of a block. */
    private static final int REGISTERS = Kernel.THREADS * 255;

    /** Units whose sums a warp adds up together. */
    private static final int UNITS_AT_ONCE = 8;
    /** Rows of the batch whose parts of sums lie in shared memory together. */
    private static final int MOST_ROWS_AT_ONCE = 8;

    /** The best plan for the card: one block for a row if W_hh fits in it, slices if not. */
    static Fit of(Device.Limits limits, int batch, int hidden) {
        Fit single = single(limits, batch, hidden);
        if (single.plan() != null) {
            return single;
        }
        Fit sliced = sliced(limits, batch, hidden);
        return sliced.plan() != null ? sliced : no(single.misfit() + "; in slices, " + sliced.misfit());
    }

    static Fit of(Form form, Device.Limits limits, int batch, int hidden) {
        return form == Form.SINGLE ? single(limits, batch, hidden) : sliced(limits, batch, hidden);
    }

    private static Fit single(Device.Limits limits, int batch, int hidden) {
        Size size = Form.SINGLE.sizeFor(hidden);
        if (size == null) {
            return no("H " + hidden + " is over " + Form.SINGLE.widest() + ", the most for one block");
        }
        int width = size.width();
        int rest = (width / WARPS - size.unitsInRegisters()) * width * WARPS * Float.BYTES;
        int row = 2 * width * Float.BYTES;
        String tooSmall = tooSmall(limits, rest + row);
        if (tooSmall != null) {
            return no(tooSmall);
        }
        long rows = Math.min((limits.shared() - rest) / row, Kernel.pieces(batch, limits.multiprocessors()));
        int groups = (int) Kernel.pieces(batch, rows);
        rows = Kernel.pieces(batch, groups);
        return yes(new PersistentPlan(Form.SINGLE, width, hidden, (int) rows, 1, groups, (int) (rest + rows * row)));
    }

    private static Fit sliced(Device.Limits limits, int batch, int hidden) {
        Size size = Form.SLICED.sizeFor(hidden);
        if (size == null) {
            return no("H " + hidden + " is over " + Form.SLICED.widest());
        }
        if (!limits.cooperative()) {
            return no("this card cannot launch blocks that wait for each other");
        }
        long perBlock = Kernel.pieces(hidden, limits.multiprocessors());
        int units = (int) Kernel.pieces(perBlock, UNITS_AT_ONCE) * UNITS_AT_ONCE;
        int slices = (int) Kernel.pieces(hidden, units);
        int rows = (int) Kernel.pieces(batch, Math.min(batch, limits.multiprocessors() / slices));
        int groups = (int) Kernel.pieces(batch, rows);
        if (units > Kernel.THREADS) {
            return no(units + " units in each block of " + Kernel.THREADS + " threads");
        }
        long rest = (long) Math.max(0, units - size.unitsInRegisters()) * size.width();
        long sums = 2L * rowsAtOnce(units) * WARPS * units;
        long shared = (rest + sums) * Float.BYTES;
        String tooSmall = tooSmall(limits, shared);
        return tooSmall != null
                ? no(tooSmall)
                : yes(new PersistentPlan(Form.SLICED, size.width(), units, rows, slices, groups, (int) shared));
    }

    private static int rowsAtOnce(int units) {
        return Math.min(MOST_ROWS_AT_ONCE, Kernel.THREADS / units);
    }

    private static String tooSmall(Device.Limits limits, long shared) {
        return limits.registers() >= REGISTERS && limits.shared() >= shared
                ? null
                : "a block takes " + REGISTERS + " registers and " + shared
                        + " bytes of shared memory; this card gives " + limits.registers() + " and " + limits.shared();
    }

    private static Fit yes(PersistentPlan plan) {
        return new Fit(plan, null);
    }

    private static Fit no(String why) {
        return new Fit(null, why);
    }
}
