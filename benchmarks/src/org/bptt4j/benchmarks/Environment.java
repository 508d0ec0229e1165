package org.bptt4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What the native libraries of a contender read from the environment of their process. */
final class Environment {
    /** A contender's name with this ending runs with what lets its library take its fastest path on this processor. */
    private static final String UNLOCKED = "-unlocked";

    private static final String OPENMP_THREADS = "OMP_NUM_THREADS";

    private Environment() {}

    /** The contender's name without the ending that concerns only its environment. */
    static String name(String contender) {
        return contender.replace(UNLOCKED, "");
    }

    static Map<String, String> of(String contender, int threads) throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (String variable : new String[] {OPENMP_THREADS, "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"}) {
            environment.put(variable, Integer.toString(threads));
        }
        // DL4J has a pool of its own beside OpenMP's; with two threads each it is up to 70 times slower.
        // We suspect that they spin against each other. Its products still run on all threads of OpenBLAS.
        if (name(contender).equals("dl4j")) {
            environment.put(OPENMP_THREADS, "1");
        }
        if (contender.endsWith(UNLOCKED)) {
            unlock(environment);
        }
        return environment;
    }

    /**
     * MKL is told that the processor is its maker's; OpenBLAS, which takes processors it does not know for older ones, that this
     * one has AVX-512 if it has.
     */
    private static void unlock(Map<String, String> environment) throws IOException {
        Path answer = Path.of("target", "benchmarks", "mkl-unlock.so").toAbsolutePath();
        if (!Files.exists(answer)) {
            throw new IOException("to unlock MKL needs " + answer + ", which benchmarks/run builds with a C compiler");
        }
        environment.put("LD_PRELOAD", answer.toString());
        if (Machine.hasAvx512()) {
            environment.put("OPENBLAS_CORETYPE", "SkylakeX");
        }
    }
}
