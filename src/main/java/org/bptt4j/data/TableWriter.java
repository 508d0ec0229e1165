package org.bptt4j.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the rows of a table of any size. The first 32 MiB stay in memory; what comes after goes, 8 bytes a number, to a nameless
 * file in the folder for temporary files ({@code -Djava.io.tmpdir}), which is mapped and gone with the process.
 */
public final class TableWriter implements AutoCloseable {
    private static final int BLOCK = 1 << 25;

    private final int columns;
    private final int rowsPerBlock;
    private final int blockBytes;
    private final List<DoubleBuffer> blocks = new ArrayList<>();
    private FileChannel file;
    private long rows;

    /** For rows of {@code columns} numbers. */
    public TableWriter(int columns) {
        this(columns, BLOCK);
    }

    /** The same with blocks of about {@code bytes} bytes, the first of which is the one in memory. */
    TableWriter(int columns, int bytes) {
        this.columns = columns;
        this.rowsPerBlock = Math.max(1, bytes / Double.BYTES / columns);
        this.blockBytes = Math.multiplyExact(Math.multiplyExact(rowsPerBlock, columns), Double.BYTES);
        blocks.add(DoubleBuffer.allocate(0));
    }

    /** Adds a row; {@code row} may be used again. */
    public void add(double[] row) throws IOException {
        if (row.length != columns) {
            throw new IllegalArgumentException("a row of " + row.length + " numbers in a table of " + columns);
        }
        if (rows % rowsPerBlock == 0 && rows > 0) {
            blocks.add(map());
        }
        DoubleBuffer last = blocks.get(blocks.size() - 1);
        if (!last.hasRemaining()) {
            last = grow(last);
        }
        last.put(row);
        rows++;
    }

    /** The block in memory begins small, as most tables are. */
    private DoubleBuffer grow(DoubleBuffer full) {
        int capacity = (int) Math.min(Math.max(2L * full.capacity(), columns), blockBytes / Double.BYTES);
        DoubleBuffer larger = DoubleBuffer.allocate(capacity).put(full.flip());
        blocks.set(0, larger);
        return larger;
    }

    private DoubleBuffer map() throws IOException {
        if (file == null) {
            Path path = Files.createTempFile("bptt4j", ".table");
            file = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        }
        // Written, not only mapped: a full disk is then an exception here and no fault of memory later.
        long from = file.size();
        ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
        while (file.size() < from + blockBytes) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), from + blockBytes - file.size()));
            file.write(zeros, file.size());
        }
        return file.map(FileChannel.MapMode.READ_WRITE, from, blockBytes).asDoubleBuffer();
    }

    /** What has been added; the writer is not used any more but for {@link #close}. */
    public Table table() {
        DoubleBuffer[] all = blocks.toArray(DoubleBuffer[]::new);
        long count = rows;
        return new Table() {
            @Override
            public long rows() {
                return count;
            }

            @Override
            public int columns() {
                return columns;
            }

            @Override
            public double value(long row, int column) {
                return all[(int) (row / rowsPerBlock)].get((int) (row % rowsPerBlock) * columns + column);
            }
        };
    }

    /** Closes the file and takes its name away; the table stays readable. */
    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
