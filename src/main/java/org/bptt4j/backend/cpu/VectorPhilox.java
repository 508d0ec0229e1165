package org.bptt4j.backend.cpu;

import static org.bptt4j.backend.cpu.Philox.MULTIPLIER0;
import static org.bptt4j.backend.cpu.Philox.MULTIPLIER1;
import static org.bptt4j.backend.cpu.Philox.ROUNDS;
import static org.bptt4j.backend.cpu.Philox.WEYL0;
import static org.bptt4j.backend.cpu.Philox.WEYL1;
import static org.bptt4j.backend.cpu.Philox.WORD;
import static org.bptt4j.backend.cpu.Philox.WORDS;
import static org.bptt4j.backend.cpu.VectorTiles.LANES;
import static org.bptt4j.backend.cpu.VectorTiles.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.bptt4j.backend.Dropout;

/**
 * {@link Philox} for a vector of units at a time. A vector of floats has half as many longs: the counters of its even units (…e) are computed beside those of
 * its odd units (…o), and what they decide is put together as masks of bits, so that no vector changes its shape.
 */
final class VectorPhilox {
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;

    private VectorPhilox() {}

    /** {@link Kernels#drop}; whole vectors of whole groups of rows here, the edges in plain Java. */
    static void drop(
            Dropout dropout,
            long key,
            long row,
            float[] from,
            int f0,
            int ldf,
            float[] to,
            int t0,
            int ldt,
            int rows,
            int n) {
        int whole = S.loopBound(n);
        for (int r = 0; r < rows; ) {
            int word = (int) (row + r) & WORDS - 1;
            int count = Math.min(WORDS - word, rows - r);
            int f = f0 + r * ldf;
            int t = t0 + r * ldt;
            int done = 0;
            if (count == WORDS) {
                dropRows4(dropout, key, row + r, from, f, ldf, to, t, ldt, whole);
                done = whole;
            }
            if (done < n) {
                Philox.dropGroup(dropout, key, row + r, from, f, ldf, to, t, ldt, count, done, n);
            }
            r += count;
        }
    }

    private static void dropRows4(
            Dropout dropout, long key, long row, float[] from, int f0, int ldf, float[] to, int t0, int ldt, int n) {
        float scale = dropout.scale();
        long last = dropout.threshold() - 1;
        long group = row / WORDS;
        for (int j = 0; j < n; j += LANES) {
            LongVector e0 = LongVector.zero(L).addIndex(2).add(j);
            LongVector o0 = e0.add(1);
            LongVector e1 = LongVector.broadcast(L, group & WORD);
            LongVector o1 = e1;
            LongVector e2 = LongVector.broadcast(L, group >>> 32);
            LongVector o2 = e2;
            LongVector e3 = LongVector.broadcast(L, dropout.layer());
            LongVector o3 = e3;
            long k0 = key & WORD;
            long k1 = key >>> 32;
            for (int round = 0; round < ROUNDS; round++) {
                LongVector p = e0.mul(MULTIPLIER0);
                LongVector q = e2.mul(MULTIPLIER1);
                // The upper halves of counters 1 and 3 are left as they come, until a product needs them to be zero.
                e0 = q.lanewise(VectorOperators.LSHR, 32)
                        .lanewise(VectorOperators.XOR, e1)
                        .lanewise(VectorOperators.XOR, k0)
                        .and(WORD);
                e2 = p.lanewise(VectorOperators.LSHR, 32)
                        .lanewise(VectorOperators.XOR, e3)
                        .lanewise(VectorOperators.XOR, k1)
                        .and(WORD);
                e1 = q;
                e3 = p;
                p = o0.mul(MULTIPLIER0);
                q = o2.mul(MULTIPLIER1);
                o0 = q.lanewise(VectorOperators.LSHR, 32)
                        .lanewise(VectorOperators.XOR, o1)
                        .lanewise(VectorOperators.XOR, k0)
                        .and(WORD);
                o2 = p.lanewise(VectorOperators.LSHR, 32)
                        .lanewise(VectorOperators.XOR, o3)
                        .lanewise(VectorOperators.XOR, k1)
                        .and(WORD);
                o1 = q;
                o3 = p;
                k0 = k0 + WEYL0 & WORD;
                k1 = k1 + WEYL1 & WORD;
            }
            keep(e0, o0, last, scale, from, f0 + j, to, t0 + j);
            keep(e1.and(WORD), o1.and(WORD), last, scale, from, f0 + ldf + j, to, t0 + ldt + j);
            keep(e2, o2, last, scale, from, f0 + 2 * ldf + j, to, t0 + 2 * ldt + j);
            keep(e3.and(WORD), o3.and(WORD), last, scale, from, f0 + 3 * ldf + j, to, t0 + 3 * ldt + j);
        }
    }

    /** Where a number is not above {@code last}, last − number has no sign, and its upper half is a mask that lets nothing through. */
    private static void keep(
            LongVector even, LongVector odd, long last, float scale, float[] from, int f, float[] to, int t) {
        LongVector bound = LongVector.broadcast(L, last);
        LongVector mask = bound.sub(even)
                .lanewise(VectorOperators.LSHR, 32)
                .or(bound.sub(odd).and(~WORD));
        FloatVector.fromArray(S, from, f)
                .mul(scale)
                .reinterpretAsLongs()
                .and(mask)
                .reinterpretAsFloats()
                .intoArray(to, t);
    }
}
