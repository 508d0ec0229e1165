package org.bptt4j.cli;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What other systems (PyTorch, Keras, DL4J, scikit-learn) call our options and commands: for users who type those words. */
final class Synonyms {
    /** Our name, and the others' words for it. Where a command has not the first name, a later line may have another. */
    private static final Map<String, List<String>> OPTIONS = table(
            "--lr: learning-rate learningrate rate eta alpha step-size",
            "--lr-schedule: scheduler lr-scheduler schedule lr-decay decay",
            "--layers: num-layers n-layers nlayers depth",
            "--hidden: hidden-size hidden-dim hidden-units num-hidden units nhid rnn-size size",
            "--batch: batch-size minibatch minibatch-size mini-batch bs",
            "--steps: max-steps iterations max-iterations iters max-iters updates num-steps max-updates",
            "--epochs: num-epochs n-epochs nepochs max-epochs passes",
            "--unroll: seq-len sequence-length seq-length seqlen window window-size bptt-length time-steps timesteps",
            "--tbptt: bptt truncation truncate truncated-bptt k1 k2",
            "--csv: input data dataset file table train-file train-data",
            "--text: input data dataset file corpus train-file train-data",
            "--model: checkpoint load weights network model-file run",
            "--backend: device gpu cuda cpu use-gpu use-cuda no-cuda",
            "--threads: num-threads n-threads nthreads workers num-workers jobs n-jobs cores",
            "--clip-norm: clip gradient-clip grad-clip gradient-clipping clip-grad-norm max-norm max-grad-norm"
                    + " gradient-clip-norm clipnorm clip-gradients",
            "--clip-value: clipvalue clip-grad-value gradient-clip-value",
            "--out: output output-dir out-dir save save-dir outdir log-dir dest",
            "--seed: random-seed manual-seed random-state rng-seed",
            "--patience: early-stopping early-stop stop-patience",
            "--cell: model rnn-type cell-type rnn model-type unit type architecture activation nonlinearity",
            "--optimizer: optimiser optim solver algorithm updater",
            "--init: initializer initializer-name weight-init initialization initialisation",
            "--bidirectional: bi bidir both-directions",
            "--dropout: drop drop-rate dropout-rate p-dropout",
            "--columns: features feature-columns cols usecols inputs",
            "--target: label target-column label-column output-column y response",
            "--temperature: temp sampling-temperature",
            "--length: num-chars n-chars max-length max-tokens max-new-tokens num-samples chars characters",
            "--prompt: start start-text prime seed-text prefix primer",
            "--resume: continue restore from-checkpoint resume-from",
            "--memory: memory-limit max-memory mem",
            "--reduction: reduce",
            "--loss-at: return-sequences last-step",
            "--class-weights: class-weight weight",
            "--precision: dtype amp mixed-precision half fp16 float16 bf16 tf32",
            "--progress: verbose verbosity quiet silent q v",
            "--stacktrace: debug trace traceback",
            "--weights: model",
            "--version: v");

    private static final Map<String, List<String>> COMMANDS = table(
            "train: fit learn training run",
            "evaluate: test eval score validate predict forecast",
            "generate: sample sampling complete write",
            "gradients: gradient grad grads backward",
            "doctor: check info diagnose env devices",
            "bench: benchmark perf time speed",
            "--help: usage man",
            "--version: version");

    private Synonyms() {}

    /** Ours for an option of that name, if {@code there} has it. */
    static Optional<String> option(String typed, Collection<String> there) {
        return find(OPTIONS, typed.replaceFirst("^-+", ""), there);
    }

    /** Ours for a command of that name, if {@code there} has it. */
    static Optional<String> command(String typed, Collection<String> there) {
        return find(COMMANDS, typed, there);
    }

    private static Optional<String> find(Map<String, List<String>> table, String typed, Collection<String> there) {
        String word = typed.toLowerCase(Locale.ROOT).replace('_', '-');
        return table.getOrDefault(word, List.of()).stream()
                .filter(there::contains)
                .findFirst();
    }

    /** By the others' word. */
    private static Map<String, List<String>> table(String... lines) {
        Map<String, List<String>> table = new TreeMap<>();
        for (String line : lines) {
            String[] parts = line.split(": ", 2);
            for (String word : parts[1].split(" ", -1)) {
                table.merge(
                        word,
                        List.of(parts[0]),
                        (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
            }
        }
        return table;
    }
}
