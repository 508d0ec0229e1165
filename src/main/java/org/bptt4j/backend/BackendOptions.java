package org.bptt4j.backend;

import java.nio.file.Path;
import org.bptt4j.spec.Require;

/**
 * What can be said when a backend is opened. One that cannot do what was asked for does not open.
 *
 * @param threads CPU threads, or 0 for one per processor
 * @param device which of several devices of a kind, from 0
 * @param cudaLibraries the folder with libcuda.so.1 and libcublas.so.12 or 13, or null to look where the system does
 * @param sweep how a device runs recurrent sweeps; the CPU takes {@link SweepForm#AUTO} only
 * @param precision how exactly a device multiplies; the CPU takes {@link Precision#FLOAT32} only
 * @param workload what it will be used for, from which {@code auto} estimates who is fastest; or null if that is not known
 */
public record BackendOptions(
        int threads, int device, Path cudaLibraries, SweepForm sweep, Precision precision, Workload workload) {
    /** Leaves every choice to the backend. */
    public static final BackendOptions DEFAULT = new BackendOptions(0);

    public BackendOptions {
        Require.given(sweep, "sweep");
        Require.given(precision, "precision");
        if (threads < 0) {
            throw new IllegalArgumentException("threads " + threads + ": must be 0 (one per processor) or more");
        }
        if (device < 0) {
            throw new IllegalArgumentException("device " + device + ": must be 0 or more");
        }
    }

    /** With a number of CPU threads. */
    public BackendOptions(int threads) {
        this(threads, 0, null, SweepForm.AUTO, Precision.FLOAT32, null);
    }

    /** The same for another device. */
    public BackendOptions withDevice(int number) {
        return new BackendOptions(threads, number, cudaLibraries, sweep, precision, workload);
    }

    /** The same with a folder for libcuda.so.1 and libcublas.so.12 or 13. */
    public BackendOptions withCudaLibraries(Path folder) {
        return new BackendOptions(threads, device, folder, sweep, precision, workload);
    }

    /** The same with another form of the recurrent sweeps. */
    public BackendOptions withSweep(SweepForm form) {
        return new BackendOptions(threads, device, cudaLibraries, form, precision, workload);
    }

    /** The same with other products. */
    public BackendOptions withPrecision(Precision rung) {
        return new BackendOptions(threads, device, cudaLibraries, sweep, rung, workload);
    }

    /** The same for a known use: {@code auto} then takes the backend that is estimated to be the fastest. */
    public BackendOptions withWorkload(Workload use) {
        return new BackendOptions(threads, device, cudaLibraries, sweep, precision, Require.given(use, "use"));
    }
}
