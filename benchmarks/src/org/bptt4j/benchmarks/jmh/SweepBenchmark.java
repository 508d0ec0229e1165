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

    /** tanh, relu, lstm or gru. */
    @Param("tanh")
    protected String cell;

    @Override
    Backend backend() {
        return open(SweepForm.valueOf(sweep.toUpperCase(Locale.ROOT)));
    }

    /** The configuration with the cell, as the rest of the benchmarks writes it. */
    final String withCell(String config) {
        return commas(config) + "," + cell;
    }
}
