package org.bptt4j.benchmarks.jmh;

import java.util.concurrent.TimeUnit;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.SweepForm;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What all our JMH benchmarks share. JMH reads it from its subclasses. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public abstract class OurBenchmark {
    /** The backend's threads; 0 is one per processor. JMH's own threads stay at one. */
    @Param("0")
    protected int threads;

    /** cpu, cuda or cuda:N; the libraries of CUDA are looked for in BPTT4J_CUDA_LIBRARIES, or where the system does. */
    @Param("cpu")
    protected String backend;

    /** The backend of this trial; its owner closes it. */
    Backend backend() {
        return open(SweepForm.AUTO);
    }

    /** The same with a form of the recurrent sweeps. */
    final Backend open(SweepForm sweep) {
        if (backend.equals("cpu") && sweep != SweepForm.AUTO) {
            throw new IllegalArgumentException("only a card has a choice of sweeps: -p backend=cuda");
        }
        Backend opened = Backends.select(backend, new BackendOptions(threads).withSweep(sweep));
        if (opened.simulated()) {
            opened.close();
            throw new IllegalStateException(
                    backend + " is simulated by a program, so that a time would say nothing about a card; "
                            + "./bptt4j bench --backend " + backend + " counts in place of timing");
        }
        return opened;
    }

    /** A configuration as the rest of the benchmarks writes it: JMH's command line splits values at commas. */
    static String commas(String config) {
        return config.replace('x', ',');
    }
}
