package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuLaunchCooperativeKernel;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor;

import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUstream;

/**
 * One kernel. Its arguments are put in the order of its declaration, and a launch follows before those of the next kernel.
 *
 * <pre>
 * kernel.pointer(to).number(rows).real(value).overMatrix(rows, cols);
 * </pre>
 */
final class Kernel {
    /** As in kernels/common.cuh. */
    static final int COLS = 32;

    static final int ROWS = 8;
    static final int THREADS = COLS * ROWS;

    private static final long MOST_BLOCKS_Y = 65535;
    private static final long MOST_BLOCKS_X = Integer.MAX_VALUE;

    private final String name;
    /** What a failed launch is reported as: made once, a launch allocates nothing. */
    private final String launch;

    private final CUstream stream;
    private final Tally tally;
    private final CUfunction function;
    private final Arguments arguments;
    private final int arity;
    private int sharedAllowed = 48 << 10;

    /** @param arity how many arguments it takes */
    Kernel(CUfunction function, Device device, String name, int arity) {
        this.function = function;
        this.name = name;
        this.launch = "cuLaunchKernel " + name;
        this.stream = device.compute();
        this.arguments = device.arguments();
        this.arity = arity;
        this.tally = device.tally();
    }

    /** The next argument: an address, or 0 for none. */
    Kernel pointer(long address) {
        return number(address);
    }

    /** The next argument: an int64. */
    Kernel number(long value) {
        arguments.put(value);
        return this;
    }

    /** The next argument: a float. */
    Kernel real(float value) {
        arguments.put(value);
        return this;
    }

    /** Launches over [rows, cols], each element by a thread of its own if the grid allows. */
    void overMatrix(long rows, long cols) {
        if (rows == 0 || cols == 0) {
            arguments.take();
            return;
        }
        launch(Math.min(pieces(cols, COLS), MOST_BLOCKS_X), Math.min(pieces(rows, ROWS), MOST_BLOCKS_Y), ROWS);
    }

    /** Launches a block for each {@link #COLS} columns of each chunk. */
    void overChunks(long cols, int chunks) {
        launch(pieces(cols, COLS), chunks, ROWS);
    }

    /** Launches over n elements by at most {@code most} blocks. */
    void overVector(long n, long most) {
        if (n == 0) {
            arguments.take();
            return;
        }
        launchFlat(Math.min(pieces(n, THREADS), most));
    }

    /** Launches {@code blocks} blocks of {@link #THREADS} threads in a row. */
    void launchFlat(long blocks) {
        launch(blocks, 1, 0);
    }

    /** Launches {@code blocks} blocks of {@link #ROWS} warps. */
    void launchWarps(long blocks) {
        launch(blocks, 1, ROWS);
    }

    /** What a block takes beyond 48 KiB must be asked for, once. */
    private void allowShared(int bytes) {
        if (bytes <= sharedAllowed) {
            return;
        }
        int which = CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
        Status.driver("cuFuncSetAttribute " + name, cuFuncSetAttribute(function, which, bytes));
        sharedAllowed = bytes;
    }

    /** How many blocks of {@link #THREADS} threads with so much dynamic shared memory one multiprocessor holds. */
    int blocksPerMultiprocessor(int sharedBytes) {
        allowShared(sharedBytes);
        int[] blocks = new int[1];
        Status.driver(
                "cuOccupancyMaxActiveBlocksPerMultiprocessor " + name,
                cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function, THREADS, sharedBytes));
        return blocks[0];
    }

    /** Launches {@code blocks} blocks of {@link #THREADS} threads in a row, with dynamic shared memory. */
    void launchFlat(int blocks, int sharedBytes) {
        allArgumentsAreThere();
        allowShared(sharedBytes);
        Status.driver(
                launch,
                cuLaunchKernel(function, blocks, 1, 1, THREADS, 1, 1, sharedBytes, stream, arguments.table(), null));
        tally.launch();
    }

    /** The same for blocks that are all resident at once, and so may wait for each other. */
    void launchTogether(int blocksX, int blocksY, int sharedBytes) {
        allArgumentsAreThere();
        allowShared(sharedBytes);
        Status.driver(
                "cuLaunchCooperativeKernel " + name,
                cuLaunchCooperativeKernel(
                        function, blocksX, blocksY, 1, THREADS, 1, 1, sharedBytes, stream, arguments.table()));
        tally.launch();
    }

    private void allArgumentsAreThere() {
        int given = arguments.take();
        if (given != arity) {
            throw new IllegalStateException(name + " takes " + arity + " arguments, got " + given);
        }
    }

    /** @param rows of threads in a block, or 0 for threads in one line */
    private void launch(long blocksX, long blocksY, int rows) {
        allArgumentsAreThere();
        int x = rows == 0 ? THREADS : COLS;
        int y = rows == 0 ? 1 : rows;
        Status.driver(
                launch,
                cuLaunchKernel(
                        function,
                        Math.toIntExact(blocksX),
                        (int) blocksY,
                        1,
                        x,
                        y,
                        1,
                        0,
                        stream,
                        arguments.table(),
                        null));
        tally.launch();
    }

    static long pieces(long n, long size) {
        return (n + size - 1) / size;
    }
}
