package org.bptt4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.cpu.PeakFlops;

/**
 * Where the benchmark measures.
 *
 * @param sweep the form of the recurrent sweeps that was asked for; the CPU has one only
 * @param threads CPU threads
 * @param peak what bounds the rate there, GFLOP/s, or NaN where times are withheld: on the CPU multiply-adds in registers, on a
 *     card the largest product measured
 */
record BenchPlace(Backend backend, SweepForm sweep, int threads, double peak) implements AutoCloseable {
    /** The backend that was asked for; with "auto" the CPU and beside it the card, if there is one. */
    static List<BenchPlace> open(BackendOption where) {
        List<Backend> backends = new ArrayList<>();
        List<BenchPlace> places = new ArrayList<>();
        try {
            backends.add(where.open());
            if (where.name().equals("auto") && isDevice(backends.get(0))) {
                backends.add(0, Backends.select("cpu", where.options()));
            }
            for (Backend backend : backends) {
                double peak = peak(backend, where.threads());
                places.add(new BenchPlace(backend, where.options().sweep(), where.threads(), peak));
            }
            return places;
        } catch (RuntimeException | Error e) {
            backends.forEach(Backend::close);
            throw e;
        }
    }

    private static double peak(Backend backend, int threads) {
        if (backend.simulated()) {
            return Double.NaN;
        }
        return isDevice(backend) ? BenchProduct.gflops(backend, BenchProduct.SIZE) : PeakFlops.measure(threads);
    }

    private static boolean isDevice(Backend backend) {
        return !backend.name().equals("cpu");
    }

    String name() {
        return backend.name();
    }

    boolean isDevice() {
        return isDevice(backend);
    }

    /** Whether a time measured here says something about the machine it is named after. */
    boolean isTimed() {
        return !backend.simulated();
    }

    /** One line for people. */
    String description() {
        String limit = "; multiply-add peak %.0f GFLOP/s";
        if (!isTimed()) {
            limit = "; simulated by a program, so counts in place of times";
        } else if (isDevice()) {
            limit = "; product of two matrices [" + BenchProduct.SIZE + "," + BenchProduct.SIZE + "] at %.0f GFLOP/s";
        }
        return backend.description() + String.format(Locale.ROOT, limit, peak);
    }

    @Override
    public void close() {
        backend.close();
    }
}
