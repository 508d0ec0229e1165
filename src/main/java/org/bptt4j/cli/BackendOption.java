package org.bptt4j.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.BackendProvider;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.SweepForm;
import org.bptt4j.backend.Workload;
import picocli.CommandLine.Option;

/** Where a command runs: a mixin for each command that computes. */
final class BackendOption {
    private static final System.Logger LOG = System.getLogger(BackendOption.class.getName());
    /** More than any machine has processors; each thread costs a megabyte. */
    private static final int MOST_THREADS = 1024;

    @Option(
            names = "--backend",
            converter = Values.Name.class,
            paramLabel = "NAME",
            defaultValue = "auto",
            description =
                    "One of auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}); auto takes a card where it should be the"
                            + " faster. CUDA may number cards in another order"
                            + " than nvidia-smi; with CUDA_DEVICE_ORDER=PCI_BUS_ID set the orders are the same.")
    private String backend;

    @Option(names = "--threads", paramLabel = "N", description = "CPU threads (default: one per processor).")
    private Integer threads;

    @Option(
            names = "--cuda-libraries",
            paramLabel = "DIR",
            description =
                    "Folder with libcuda.so.1 and libcublas.so.12 or 13 (default: BPTT4J_CUDA_LIBRARIES, or the system's).")
    private Path cudaLibraries;

    @Option(
            names = "--sweep",
            converter = Values.Name.class,
            paramLabel = "FORM",
            defaultValue = "auto",
            description = "With --backend cuda, how the recurrent steps are launched: auto, steps, graph or persistent"
                    + " (default: ${DEFAULT-VALUE}).")
    private String sweep;

    @Option(
            names = "--precision",
            converter = Values.Name.class,
            paramLabel = "RUNG",
            defaultValue = "float32",
            description =
                    "With --backend cuda, what products read: float32, tf32, or bf16: weight gradients in bfloat16,"
                            + " all others in TF32 (default: ${DEFAULT-VALUE}).")
    private String precision;

    /** CPU threads: what was asked for, or one per processor. */
    int threads() {
        if (threads != null && (threads < 1 || threads > MOST_THREADS)) {
            throw new UsageException("--threads " + threads + ": must be 1 to " + MOST_THREADS);
        }
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /**
     * Opens the backend; the caller closes it. With "auto" the one that is estimated to be the fastest at what it will be used for.
     *
     * @throws UsageException if the number of threads, the form or the precision is not one that can be
     * @throws org.bptt4j.backend.BackendUnavailableException if the backend cannot run here
     */
    Backend open(Workload use) {
        return open(options().withWorkload(use));
    }

    /**
     * The same for no use in particular, as to look at what is there: with "auto" the card if there is one, without a word about that.
     *
     * @throws UsageException if the number of threads, the form or the precision is not one that can be
     * @throws org.bptt4j.backend.BackendUnavailableException if the backend cannot run here
     */
    Backend open() {
        return open(options());
    }

    private Backend open(BackendOptions options) {
        requireKind();
        return Backends.select(backend, options, line -> {
            if (!line.contains("BackendOptions.withWorkload")) {
                LOG.log(System.Logger.Level.INFO, OptionWords.of(line));
            }
        });
    }

    /** A {@link UsageException} for a name that no backend has. */
    void requireKind() {
        List<String> kinds = Stream.concat(
                        Stream.of("auto"), Backends.providers().stream().map(BackendProvider::kind))
                .toList();
        if (!kinds.contains(backend.replaceFirst(":\\d+$", ""))) {
            throw new UsageException("--backend '" + backend + "': no backend is called that; there are: "
                    + String.join(", ", kinds) + ", and of several cards cuda:N, such as cuda:0");
        }
    }

    /** Everything that was said but the name. */
    BackendOptions options() {
        return new BackendOptions(threads())
                .withCudaLibraries(cudaLibraries)
                .withSweep(sweep())
                .withPrecision(precision());
    }

    private SweepForm sweep() {
        SweepForm form = Names.parse("--sweep", sweep, SweepForm.class);
        if (form != SweepForm.AUTO && !backend.startsWith("cuda")) {
            throw new UsageException(
                    "--sweep " + sweep + ": only --backend cuda has a choice of forms; add it, or leave --sweep out");
        }
        return form;
    }

    private Precision precision() {
        Precision rung = Names.parse("--precision", precision, Precision.class);
        if (rung != Precision.FLOAT32 && !backend.startsWith("cuda")) {
            throw new UsageException("--precision " + precision + ": only --backend cuda has anything but float32"
                    + "; add it, or leave --precision out");
        }
        return rung;
    }

    /** Every option by name with the value that is used; the folder of libraries null where none was named. */
    Map<String, Object> describe() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("backend", backend);
        options.put("threads", threads());
        options.put("cuda-libraries", cudaLibraries == null ? null : cudaLibraries.toString());
        options.put("sweep", sweep);
        options.put("precision", precision);
        return options;
    }

    /** What was asked for. */
    String name() {
        return backend;
    }
}
