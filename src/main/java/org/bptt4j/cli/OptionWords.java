package org.bptt4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The library's advice in the words of the command line: its messages name methods and constants of the Java API, which here are
 * options. The one place where they are turned into each other.
 */
final class OptionWords {
    /** In this order: what contains another comes before it. */
    private static final Map<String, String> WORDS = new LinkedHashMap<>();

    static {
        WORDS.put("Backends.select(\"cpu\")", "--backend cpu");
        WORDS.put("Backends.select(\"cuda\")", "--backend cuda");
        WORDS.put("BackendOptions.withPrecision(Precision.FLOAT32)", "--precision float32");
        WORDS.put("BackendOptions.withPrecision(Precision.TF32)", "--precision tf32");
        WORDS.put("BackendOptions.withSweep(SweepForm.STEPS)", "--sweep steps");
        WORDS.put("BackendOptions.withCudaLibraries", "--cuda-libraries");
        WORDS.put("BackendOptions.threads", "--threads");
        WORDS.put("what BackendProvider.diagnose finds", "the output of bptt4j doctor");
        WORDS.put("Trainer.Builder.memory", "--memory");
        WORDS.put("a memory budget of ", "a memory budget (--memory) of ");
        WORDS.put("RnnSpec.hiddenSize", "--hidden");
        WORDS.put("RnnSpec.layers", "--layers");
        WORDS.put("Clipping.norm", "--clip-norm");
        WORDS.put("ower the learning rate", "ower the learning rate (--lr)");
        WORDS.put("run the whole sequence with Evaluator.predict", "evaluate it, which reads whole sequences");
        WORDS.put("raise the heap with -Xmx", "raise the heap with BPTT4J_JAVA_OPTS=-Xmx4g");
        WORDS.put("the JVM's option -Djava.io.tmpdir=DIR", "BPTT4J_JAVA_OPTS=-Djava.io.tmpdir=DIR");
    }

    private OptionWords() {}

    /** {@code message} with options in place of the Java names that stand for them; null for null. */
    static String of(String message) {
        String words = message;
        for (Map.Entry<String, String> word : WORDS.entrySet()) {
            words = words == null ? null : words.replace(word.getKey(), word.getValue());
        }
        return words;
    }
}
