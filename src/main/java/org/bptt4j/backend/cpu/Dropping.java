package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.CpuArray.floats;

import org.bptt4j.backend.Dropout;
import org.bptt4j.backend.Matrix;

/** Dropout of rows. One operation at a time: its operands are fields, which all threads read. */
final class Dropping {
    private final Workers workers;
    private final Workers.Job dropPart = this::dropPart;
    /** For each part of the work. */
    private final long[][] blocks;

    private Dropout dropout;
    private long key;
    private long firstRow;
    private Matrix from;
    private Matrix to;

    Dropping(Workers workers) {
        this.workers = workers;
        this.blocks = new long[workers.threads()][];
    }

    /** target = source, each element times the scale or dropped; row 0 is row {@code first} of the update's batch. */
    void drop(Dropout what, long update, long first, Matrix source, Matrix target) {
        dropout = what;
        key = what.key(update);
        firstRow = first;
        from = source;
        to = target;
        long work = Split.FUNCTION * target.rows() * target.cols();
        workers.run(Split.parts(target.rows(), Philox.WORDS, work, workers), dropPart);
    }

    private void dropPart(int part, int parts) {
        int rows = (int) to.rows();
        int start = Split.start(part, parts, rows, Philox.WORDS);
        int end = Split.start(part + 1, parts, rows, Philox.WORDS);
        if (start == end) {
            return;
        }
        if (blocks[part] == null) {
            blocks[part] = Philox.block();
        }
        int width = Math.min(to.cols(), Philox.BLOCK);
        int together = Philox.BLOCK / width;
        long last = (firstRow + end - 1) / Philox.WORDS;
        for (long group = (firstRow + start) / Philox.WORDS; group <= last; group += together) {
            int groups = (int) Math.min(together, last - group + 1);
            for (int unit = 0; unit < to.cols(); unit += width) {
                dropBlock(blocks[part], group, groups, unit, Math.min(width, to.cols() - unit), start, end);
            }
        }
    }

    /** Units of some groups of rows; of the rows, those from {@code start} to before {@code end}. */
    private void dropBlock(long[] block, long group, int groups, int unit, int units, int start, int end) {
        for (int g = 0; g < groups; g++) {
            Philox.count(block, g * units, unit, units, group + g, dropout.layer());
        }
        Philox.generate(block, groups * units, key);
        long threshold = dropout.threshold();
        float scale = dropout.scale();
        for (int g = 0; g < groups; g++) {
            for (int word = 0; word < Philox.WORDS; word++) {
                long row = (group + g) * Philox.WORDS + word - firstRow;
                if (row >= start && row < end) {
                    int f = Rows.at(from, (int) row) + unit;
                    int t = Rows.at(to, (int) row) + unit;
                    keep(
                            block,
                            word * Philox.BLOCK + g * units,
                            threshold,
                            scale,
                            floats(from),
                            f,
                            floats(to),
                            t,
                            units);
                }
            }
        }
    }

    /** Without a branch, which would be foretold wrongly as often as something is dropped: below the threshold a mask of no bits. */
    private static void keep(
            long[] numbers, int p, long threshold, float scale, float[] from, int f, float[] to, int t, int n) {
        for (int i = 0; i < n; i++) {
            int mask = (int) (threshold - 1 - numbers[p + i] >> 63);
            to[t + i] = Float.intBitsToFloat(Float.floatToRawIntBits(from[f + i] * scale) & mask);
        }
    }
}
