package org.bptt4j.backend;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bptt4j.spec.Require;

/** Who is available, who is chosen, and why. */
public final class Backends {
    private static final System.Logger LOG = System.getLogger(Backends.class.getName());
    /** What was said already: once a process is enough. */
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    /** A kind and the number of a device. */
    private static final Pattern NUMBERED = Pattern.compile("([a-z]+):([0-9]{1,3})");

    private Backends() {}

    /** Every provider on the class path, highest priority first. */
    public static List<BackendProvider> providers() {
        return ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparingInt(BackendProvider::priority).reversed())
                .toList();
    }

    /** {@link #select(String, BackendOptions)} with the default options. */
    public static Backend select(String name) {
        return select(name, BackendOptions.DEFAULT);
    }

    /**
     * Opens the backend called {@code name}. "cuda:1" is device 1 of kind "cuda". A named one never falls back.
     *
     * <p>With "auto", of those that can run and do what the options ask: where the options name a {@link BackendOptions#withWorkload workload}, a device
     * if it is estimated to be well ahead of the CPU, else the CPU; without one the device. One log line says which was taken and why, where there was
     * a choice or where a device should be and is not.
     *
     * @throws BackendUnavailableException if it cannot run, saying why and what to do
     */
    public static Backend select(String name, BackendOptions options) {
        return select(name, options, Backends::logOnce);
    }

    /** The same, where {@code listener} is told what would be the log line. */
    public static Backend select(String name, BackendOptions options, Consumer<String> listener) {
        return select(name, options, Require.given(listener, "listener"), providers());
    }

    /** {@code options} with the device that {@code name} ends with, as in "cuda:1". */
    public static BackendOptions options(String name, BackendOptions options) {
        Matcher numbered = NUMBERED.matcher(Require.given(name, "name"));
        return numbered.matches() ? options.withDevice(Integer.parseInt(numbered.group(2))) : options;
    }

    private static void logOnce(String line) {
        if (SAID.add(line)) {
            LOG.log(System.Logger.Level.INFO, line);
        }
    }

    static Backend select(
            String name, BackendOptions options, Consumer<String> listener, List<BackendProvider> providers) {
        Require.given(name, "name");
        Require.given(options, "options");
        Matcher numbered = NUMBERED.matcher(name);
        if (numbered.matches()) {
            return select(numbered.group(1), options(name, options), listener, providers);
        }
        boolean auto = name.equals("auto");
        Candidates candidates = new Candidates(
                providers.stream()
                        .filter(provider -> auto || name.equals(provider.kind()))
                        .toList(),
                options,
                auto);
        Backend opened = candidates.open(listener);
        if (opened != null) {
            return opened;
        }
        String reasons = candidates.reasons();
        if (reasons.isEmpty()) {
            throw new BackendUnavailableException("no backend is called '" + name + "'; there are: auto, "
                    + providers.stream().map(BackendProvider::kind).collect(Collectors.joining(", ")));
        }
        throw new BackendUnavailableException("backend '" + name + "' cannot run here" + reasons);
    }
}
