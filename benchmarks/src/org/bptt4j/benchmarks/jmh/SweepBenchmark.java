package org.bptt4j.benchmarks.jmh;

import java.util.Locale;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.SweepForm;
import org.openjdk.jmh.annotations.Param;

/** What the benchmarks with recurrent sweeps share. JMH reads it from its subclasses. */
public abstract class SweepBenchmark extends OurBenchmark {
    /** On a card: auto, steps, graph or persistent. */
    @Param("auto")
    protected String sweep;

    @Override
    Backend backend() {
        return open(SweepForm.valueOf(sweep.toUpperCase(Locale.ROOT)));
    }
}
