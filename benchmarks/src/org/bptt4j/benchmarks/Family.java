package org.bptt4j.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.bptt4j.benchmarks.block.Block;
import org.bptt4j.benchmarks.gemm.Gemm;
import org.bptt4j.benchmarks.memory.Budget;
import org.bptt4j.benchmarks.step.Step;

/** A kind of workload, with the rows and the contenders that are run when none are named. */
enum Family {
    /** A training step: RNN, head, loss, forward and backward. */
    STEP(
            Step.FORMAT,
            Step::parse,
            List.of("bptt4j", "djl", "djl-unlocked", "dl4j", "dl4j-unlocked", "textbook"),
            List.of(
                    "32,100,64,128,64",
                    "1,1000,64,256,64",
                    "16,1024,64,256,64",
                    "64,128,256,512,256",
                    "64,50,1024,1024,1024",
                    "32,30,512,512,512",
                    "16,50,1760,1760,64",
                    "128,100,32,64,32",
                    "32,100,64,128,64,lstm",
                    "1,1000,64,256,64,lstm",
                    "16,1024,64,256,64,lstm",
                    "64,128,256,512,256,lstm",
                    "64,50,1024,1024,1024,lstm",
                    "32,100,64,128,64,gru",
                    "1,1000,64,256,64,gru",
                    "16,1024,64,256,64,gru",
                    "64,128,256,512,256,gru",
                    "64,50,1024,1024,1024,gru")),

    /** The recurrent layer alone, forward and backward. */
    BLOCK(
            Block.FORMAT,
            Block::parse,
            List.of(
                    "bptt4j",
                    "onednn",
                    "onednn-reset-first",
                    "djl",
                    "djl-unlocked",
                    "textbook",
                    "textbook-reset-first"),
            List.of(
                    "32,100,64,128",
                    "1,1000,64,256",
                    "16,1024,64,256",
                    "64,128,256,512",
                    "64,50,1024,1024",
                    "32,30,512,512",
                    "16,50,1760,1760",
                    "128,100,32,64",
                    "32,100,64,128,lstm",
                    "1,1000,64,256,lstm",
                    "16,1024,64,256,lstm",
                    "64,128,256,512,lstm",
                    "64,50,1024,1024,lstm",
                    "32,100,64,128,gru",
                    "1,1000,64,256,gru",
                    "16,1024,64,256,gru",
                    "64,128,256,512,gru",
                    "64,50,1024,1024,gru")),

    /** One matrix product. */
    GEMM(
            Gemm.FORMAT,
            Gemm::parse,
            List.of("bptt4j", "openblas", "openblas-unlocked", "mkl", "mkl-unlocked"),
            List.of("32,128,128", "64,512,512", "16,1760,1760", "3200,128,64", "128,128,3200,tn", "512,512,8192,tn")),

    /** A training step of a long sequence, with all states in memory and within a budget. */
    MEMORY(
            Budget.FORMAT,
            Budget::parse,
            List.of("bptt4j", Budget.BUDGETED),
            List.of("16,1000,32,128,32", "16,20000,32,128,32", "32,4000,64,256,256"));

    private static final Set<String> SLOW = Set.of("dl4j", "textbook");

    private final String format;
    private final Function<String, Workload> parser;
    private final List<String> contenders;
    private final List<String> configs;

    Family(String format, Function<String, Workload> parser, List<String> contenders, List<String> configs) {
        this.format = format;
        this.parser = parser;
        this.contenders = contenders;
        this.configs = configs;
    }

    static Family parse(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Whether a contender takes seconds where others take milliseconds. */
    boolean isSlow(String contender) {
        return SLOW.stream().anyMatch(contender::startsWith);
    }

    /** Refuses a name that no contender of this family has. */
    void requireContender(String name) {
        if (!contenders.contains(name)) {
            throw new IllegalArgumentException("no contender of " + this + " is called '" + name + "'; there are: "
                    + String.join(", ", contenders));
        }
    }

    Workload workload(String config) {
        return parser.apply(config);
    }

    /** The form of a configuration, as "B,T,I,H". */
    String format() {
        return format;
    }

    List<String> contenders() {
        return contenders;
    }

    /** Those of some kinds, or of all if none are named. */
    List<String> configs(List<String> kinds) {
        return kinds.isEmpty()
                ? configs
                : configs.stream()
                        .filter(c -> kinds.contains(workload(c).kind()))
                        .toList();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
