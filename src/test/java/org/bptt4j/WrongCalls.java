package org.bptt4j;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Precision;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.data.BatchSource;
import org.bptt4j.data.PackedSource;
import org.bptt4j.data.PrefetchingSource;
import org.bptt4j.data.Scaling;
import org.bptt4j.data.Series;
import org.bptt4j.data.SeriesSource;
import org.bptt4j.data.SourcePosition;
import org.bptt4j.data.SymbolSequence;
import org.bptt4j.data.TextSource;
import org.bptt4j.data.Vocabulary;
import org.bptt4j.io.SafetensorsException;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Initialization;
import org.bptt4j.spec.LearningRateSchedule;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.Remembering;
import org.bptt4j.spec.RnnSpec;
import org.bptt4j.spec.Truncation;
import org.junit.jupiter.api.function.Executable;

/** Calls of the library with wrong arguments, in the wrong state, or with files that are none. */
public final class WrongCalls {
    private static final Class<IllegalArgumentException> ARGUMENT = IllegalArgumentException.class;
    private static final Class<IllegalStateException> STATE = IllegalStateException.class;
    private static final RnnSpec SPEC = RnnSpec.of(3, 4, 3);

    /**
     * A call that fails.
     *
     * @param shown as a reader sees it
     * @param type what it throws
     * @param part of the message
     */
    public record Call(String shown, Class<? extends Throwable> type, String part, Executable code) {}

    private final List<Call> calls = new ArrayList<>();
    private final Path folder;

    private WrongCalls(Path folder) {
        this.folder = folder;
    }

    /** All of them; {@code folder} has the files of the list of wrong inputs. */
    public static List<Call> all(Path folder) {
        WrongCalls all = new WrongCalls(folder);
        all.specifications();
        all.data();
        all.networks();
        all.training();
        all.closed();
        return all.calls;
    }

    private void add(String shown, Class<? extends Throwable> type, String part, Executable code) {
        calls.add(new Call(shown, type, part, code));
    }

    /** Use of a network with 3 inputs, 4 hidden units and 3 outputs. */
    private interface Use {
        void of(Rnn rnn) throws Throwable;
    }

    private void add(String shown, Class<? extends Throwable> type, String part, RnnSpec spec, Use use) {
        add(shown, type, part, () -> {
            try (Backend backend = CpuBackends.open("vector", 1);
                    Rnn rnn = Rnn.create(backend, spec, 1)) {
                use.of(rnn);
            }
        });
    }

    private void add(String shown, Class<? extends Throwable> type, String part, Use use) {
        add(shown, type, part, SPEC, use);
    }

    /** A source that makes the batches that it is given, every epoch. */
    private static BatchSource source(Batch... batches) {
        return new Batches(Arrays.asList(batches));
    }

    private static Batch dense() {
        return Batch.dense(2, 2, 3, new float[12]);
    }

    private static Batch batch() {
        return dense().withTargets(new int[] {0, 1, 2, 0});
    }

    private void specifications() {
        add("RnnSpec.of(0, 4, 3)", ARGUMENT, "input", () -> RnnSpec.of(0, 4, 3));
        add("RnnSpec.of(3, -4, 3)", ARGUMENT, "hidden", () -> RnnSpec.of(3, -4, 3));
        add("RnnSpec.of(3, 4, 3).withLayers(0)", ARGUMENT, "layers", () -> SPEC.withLayers(0));
        add("RnnSpec.of(3, 4, 3).withDropout(1)", ARGUMENT, "dropout", () -> SPEC.withDropout(1));
        add("RnnSpec.of(3, 4, 3).withDropout(NaN)", ARGUMENT, "dropout", () -> SPEC.withDropout(Double.NaN));
        add("new RnnSpec(null, 3, 4, 1, 3)", ARGUMENT, "cell is null", () -> new RnnSpec(null, 3, 4, 1, 3));
        add("Cell.of(\"sru\")", ARGUMENT, "sru", () -> Cell.of("sru"));
        add("Optimizer.adam(0)", ARGUMENT, "learning rate 0", () -> Optimizer.adam(0));
        add("Optimizer.adam(NaN)", ARGUMENT, "learning rate NaN", () -> Optimizer.adam(Double.NaN));
        add("Optimizer.sgd(1e300)", ARGUMENT, "learning rate", () -> Optimizer.sgd(1e300));
        add("Optimizer.momentum(0.1, 1)", ARGUMENT, "momentum", () -> Optimizer.momentum(0.1, 1));
        add(
                "Optimizer.adam(0.1).withWeightDecay(-1)",
                ARGUMENT,
                "weight decay",
                () -> Optimizer.adam(0.1).withWeightDecay(-1));
        add("Clipping.norm(-1)", ARGUMENT, "clipping", () -> Clipping.norm(-1));
        add("Clipping.value(NaN)", ARGUMENT, "clipping", () -> Clipping.value(Double.NaN));
        add("new Truncation(0, 5)", ARGUMENT, "0", () -> new Truncation(0, 5));
        add("Truncation.every(-1)", ARGUMENT, "-1", () -> Truncation.every(-1));
        add("Remembering.upTo(2)", ARGUMENT, "at least 3", () -> Remembering.upTo(2));
        add("LearningRateSchedule.cosine(0)", ARGUMENT, "at least 1", () -> LearningRateSchedule.cosine(0));
        add("LearningRateSchedule.step(10, 0)", ARGUMENT, "gamma", () -> LearningRateSchedule.step(10, 0));
        add(
                "Loss.mse().smoothed(0.1)",
                ARGUMENT,
                "cross-entropy",
                () -> Loss.mse().smoothed(0.1));
        add(
                "Loss.crossEntropy().smoothed(2)",
                ARGUMENT,
                "2.0",
                () -> Loss.crossEntropy().smoothed(2));
        add(
                "Loss.crossEntropy().weighted(1, -1)",
                ARGUMENT,
                "-1",
                () -> Loss.crossEntropy().weighted(1, -1));
        add(
                "Loss.mse().weighted(1, 1)",
                ARGUMENT,
                "squared error",
                () -> Loss.mse().weighted(1, 1));
        add("Loss.bce().at(null)", ARGUMENT, "at is null", () -> Loss.bce().at(null));
        add(
                "Backends.select(\"gpu\")",
                BackendUnavailableException.class,
                "there are: auto",
                () -> Backends.select("gpu"));
        add("new BackendOptions(-1)", ARGUMENT, "threads -1", () -> new BackendOptions(-1));
        add(
                "BackendOptions.DEFAULT.withDevice(-1)",
                ARGUMENT,
                "device -1",
                () -> BackendOptions.DEFAULT.withDevice(-1));
        add(
                "Backends.select(\"cpu\", BackendOptions.DEFAULT.withPrecision(Precision.TF32))",
                BackendUnavailableException.class,
                "Precision.FLOAT32",
                () -> Backends.select("cpu", BackendOptions.DEFAULT.withPrecision(Precision.TF32)));
    }

    private void data() {
        add("Batch.dense(2, 2, 3, new float[11])", ARGUMENT, "12", () -> Batch.dense(2, 2, 3, new float[11]));
        add("Batch.dense(0, 2, 3, new float[0])", ARGUMENT, "0", () -> Batch.dense(0, 2, 3, new float[0]));
        add("Batch.symbols(2, 2, new int[3])", ARGUMENT, "4", () -> Batch.symbols(2, 2, new int[3]));
        add("Batch.symbols(2, 2, null)", ARGUMENT, "ids is null", () -> Batch.symbols(2, 2, null));
        add("batch.withLengths(2, 3)", ARGUMENT, "3", () -> dense().withLengths(new int[] {2, 3}));
        add("new SeriesSource(…).next() before start", STATE, "start(epoch)", () -> {
            Series rising = new Series(List.of("a"), new double[][] {{1, 2, 3}}, 0);
            new SeriesSource(rising, Scaling.fit(rising, 3), 3, 1, 1, 1, Loss.At.EVERY, 1).next();
        });
        add("batch.withLengths(2)", ARGUMENT, "lengths", () -> dense().withLengths(new int[] {2}));
        add("batch.withResets(new boolean[3])", ARGUMENT, "resets", () -> dense().withResets(new boolean[3]));
        add("Vocabulary.of(\"\")", ARGUMENT, "", () -> Vocabulary.of(""));
        add(
                "Vocabulary.of(\"ab\").encode(\"abc\")",
                ARGUMENT,
                "'c'",
                () -> Vocabulary.of("ab").encode("abc"));
        add(
                "Vocabulary.of(\"ab\").decode(2)",
                ARGUMENT,
                "2",
                () -> Vocabulary.of("ab").decode(2));
        Series series = new Series(List.of("a", "b"), new double[][] {{1, 2, 3}, {2, 1, 3}}, 1);
        Scaling scaling = Scaling.fit(series, 3);
        add("Scaling.fit(series of 3 rows, 4)", ARGUMENT, "4", () -> Scaling.fit(series, 4));
        add("Scaling.fromJson(\"{no\")", ARGUMENT, "not a scaling", () -> Scaling.fromJson("{no"));
        add(
                "scaling of a, b, of a series with a, c",
                ARGUMENT,
                "[a, c]",
                () -> scaling.requireColumns(new Series(List.of("a", "c"), new double[][] {{1}, {2}}, 1)));
        add(
                "new Series(2 names, 1 column, 0)",
                ARGUMENT,
                "",
                () -> new Series(List.of("a", "b"), new double[][] {{1, 2}}, 0));
        add(
                "new Series(2 columns, target 2)",
                ARGUMENT,
                "2",
                () -> new Series(List.of("a", "b"), new double[][] {{1}, {2}}, 2));
        add(
                "new SeriesSource(series, scaling, 3, 1, 5, 1, …)",
                ARGUMENT,
                "T = 5",
                () -> new SeriesSource(series, scaling, 3, 1, 5, 1, Loss.At.EVERY, 1));
        add(
                "new SeriesSource(null, …)",
                ARGUMENT,
                "series is null",
                () -> new SeriesSource(null, scaling, 3, 1, 1, 1, Loss.At.EVERY, 1));
        SymbolSequence text = SymbolSequence.of(new int[] {0, 1, 0, 1});
        add(
                "TextSource.training(text of 4, 0, 4, 1, 9, …)",
                ARGUMENT,
                "T = 9",
                () -> TextSource.training(text, 0, 4, 1, 9, Loss.At.EVERY));
        add(
                "TextSource.evaluation(text of 4, 0, 5, 1, 2)",
                ARGUMENT,
                "5",
                () -> TextSource.evaluation(text, 0, 5, 1, 2));
        add(
                "TextSource.training(null, …)",
                ARGUMENT,
                "text is null",
                () -> TextSource.training(null, 0, 4, 1, 2, Loss.At.EVERY));
        add(
                "new PackedSource(no sequences, …)",
                ARGUMENT,
                "sequences",
                () -> new PackedSource(new int[0][], 1, 1, -100, 1));
        add(
                "new PackedSource({{1}}, …)",
                ARGUMENT, "at least 2", () -> new PackedSource(new int[][] {{1}}, 1, 1, -100, 1));
        add(
                "new PackedSource({{1, 2}, null}, …)",
                ARGUMENT,
                "sequence 1 is null",
                () -> new PackedSource(new int[][] {{1, 2}, null}, 1, 1, -100, 1));
        add("new PrefetchingSource(source).next()", STATE, "start(epoch)", () -> {
            try (PrefetchingSource source = new PrefetchingSource(source(batch()))) {
                source.next();
            }
        });
        add("new SourcePosition(-1, 0)", ARGUMENT, "-1", () -> new SourcePosition(-1, 0));
    }

    private void networks() {
        add("Rnn.create(null, spec, 1)", ARGUMENT, "backend is null", () -> Rnn.create(null, SPEC, 1));
        add(
                "Rnn.create(backend, GRU, Initialization.IDENTITY, 1)",
                ARGUMENT,
                "orthogonal",
                rnn -> Rnn.create(rnn.backend(), SPEC.withCell(Cell.GRU), Initialization.IDENTITY, 1));
        add(
                "Rnn.create(backend, tanh, …, Remembering.bias(1), 1)",
                ARGUMENT,
                "lstm",
                rnn -> Rnn.create(rnn.backend(), SPEC, Initialization.UNIFORM, Remembering.bias(1), 1));
        add("rnn.parameter(\"head.wieght\")", ARGUMENT, "head.wieght", rnn -> rnn.parameter("head.wieght"));
        add(
                "rnn.setParameter(\"head.bias\", new float[2])",
                ARGUMENT,
                "head.bias",
                rnn -> rnn.setParameter("head.bias", new float[2]));
        add("rnn.forward(x of 2 inputs)", ARGUMENT, "2", rnn -> rnn.forward(Batch.dense(2, 2, 2, new float[8])));
        add("rnn.forward(id 3)", ARGUMENT, "3", rnn -> rnn.forward(Batch.symbols(2, 2, new int[] {0, 1, 2, 3})));
        add("rnn.forward(h0 of 7)", ARGUMENT, "8", rnn -> rnn.forward(dense().withInitialState(new float[7])));
        add(
                "rnn.forward(c0 for tanh)",
                ARGUMENT,
                "tanh",
                rnn -> rnn.forward(dense().withInitialState(new float[8], new float[8])));
        add("rnn.backward(dH, null) before forward", STATE, "forward", rnn -> rnn.backward(new float[16], null));
        add("rnn.backward(dH of 15, null)", ARGUMENT, "16", rnn -> {
            rnn.forward(dense());
            rnn.backward(new float[15], null);
        });
        add("rnn.backward(output, …) after setParameter", STATE, "forward", rnn -> {
            Rnn.Output output = rnn.forward(dense());
            rnn.setParameter("head.bias", new float[3]);
            rnn.setParameter("rnn.bias_ih_l0", new float[4]);
            rnn.backward(output, new float[16], null, null);
        });
        add("rnn.backward(output of an earlier forward, …)", STATE, "forward", rnn -> {
            Rnn.Output output = rnn.forward(dense());
            rnn.forward(dense());
            rnn.backward(output, new float[16], null, null);
        });
        add("rnn.backward(…) after a trainer's step", STATE, "forward", rnn -> {
            rnn.forward(dense());
            try (Trainer trainer = Trainer.of(rnn).build()) {
                trainer.step(batch());
            }
            rnn.backward(new float[16], null);
        });
        add(
                "rnn.save(a folder)",
                java.nio.file.FileSystemException.class,
                "empty-folder",
                rnn -> rnn.save(folder.resolve("empty-folder")));
        add(
                "rnn.save(no/model.safetensors)",
                java.nio.file.NoSuchFileException.class,
                "no",
                rnn -> rnn.save(folder.resolve("no/model.safetensors")));
        add(
                "ModelFile.read(nowhere)",
                SafetensorsException.class,
                "nowhere",
                () -> ModelFile.read(folder.resolve("nowhere")));
        add(
                "ModelFile.read(a folder)",
                SafetensorsException.class,
                "empty-folder",
                () -> ModelFile.read(folder.resolve("empty-folder")));
        add(
                "ModelFile.read(a text)",
                SafetensorsException.class,
                "good.txt",
                () -> ModelFile.read(folder.resolve("good.txt")));
        add(
                "ModelFile.read(nan.safetensors)",
                SafetensorsException.class,
                "head.bias",
                () -> ModelFile.read(folder.resolve("nan.safetensors")));
        add(
                "TrainerState.read(a model)",
                SafetensorsException.class,
                "state_version",
                () -> TrainerState.read(folder.resolve("run/model.safetensors")));
        add("TrainerState.read(…).restore(trainer of another network)", ARGUMENT, "another network", rnn -> {
            try (Trainer trainer = Trainer.of(rnn).build()) {
                TrainerState.read(folder.resolve("run/checkpoints/state.safetensors"))
                        .restore(trainer);
            }
        });
        add("new RnnSession(rnn, 0)", ARGUMENT, "0", rnn -> new RnnSession(rnn, 0).close());
        add(
                "new RnnSession(bidirectional rnn, 1)",
                ARGUMENT,
                "bidirectional",
                SPEC.inBothDirections(),
                rnn -> new RnnSession(rnn, 1).close());
        add("session.feed(9)", ARGUMENT, "9", rnn -> {
            try (RnnSession session = new RnnSession(rnn, 1)) {
                session.feed(9);
            }
        });
        add("session.feed(new float[2])", ARGUMENT, "3", rnn -> {
            try (RnnSession session = new RnnSession(rnn, 1)) {
                session.feed(new float[2]);
            }
        });
    }

    /** Use of a trainer of that network. */
    private interface Training {
        void of(Trainer trainer) throws Throwable;
    }

    private void train(String shown, Class<? extends Throwable> type, String part, Training training) {
        add(shown, type, part, rnn -> {
            try (Trainer trainer = Trainer.of(rnn).build()) {
                training.of(trainer);
            }
        });
    }

    private static void step(Rnn rnn, Loss loss, Batch batch) {
        try (Trainer trainer = Trainer.of(rnn).loss(loss).build()) {
            trainer.step(batch);
        }
    }

    private void training() {
        add(
                "Trainer.of(rnn without a head).build()",
                ARGUMENT,
                "head",
                SPEC.withoutHead(),
                rnn -> Trainer.of(rnn).build().close());
        add(
                "Trainer.of(rnn).memory(-1)",
                ARGUMENT,
                "-1",
                rnn -> Trainer.of(rnn).memory(-1).build().close());
        add(
                "Trainer.of(rnn).loss(2 weights for 3 outputs)",
                ARGUMENT,
                "2 weights",
                rnn -> Trainer.of(rnn)
                        .loss(Loss.crossEntropy().weighted(1, 2))
                        .build()
                        .close());
        add(
                "Trainer.of(bidirectional rnn).truncation(Truncation.every(2))",
                ARGUMENT,
                "bidirectional",
                SPEC.inBothDirections(),
                rnn -> Trainer.of(rnn).truncation(Truncation.every(2)).build().close());
        train("trainer.step(null)", ARGUMENT, "batch is null", trainer -> trainer.step(null));
        train(
                "trainer.step(batch without targets)",
                ARGUMENT,
                "a cross-entropy (Loss.crossEntropy) needs 4 class targets [T,B], the batch has none: give class numbers with"
                        + " Batch.withTargets(int[])",
                trainer -> trainer.step(dense()));
        train(
                "trainer.step(3 targets for 4 steps)",
                ARGUMENT,
                "4",
                trainer -> trainer.step(dense().withTargets(new int[3])));
        train(
                "trainer.step(target 3 of 3 classes)",
                ARGUMENT,
                "3",
                trainer -> trainer.step(dense().withTargets(new int[] {0, 1, 2, 3})));
        train(
                "trainer.step(values for a cross-entropy)",
                ARGUMENT,
                "a cross-entropy (Loss.crossEntropy) needs 4 class targets [T,B], the batch has 12 values: give class numbers with"
                        + " Batch.withTargets(int[]), or take a loss of values, Loss.mse or Loss.bce",
                trainer -> trainer.step(dense().withTargets(new float[12])));
        train(
                "trainer.step(as many targets as rows)",
                ARGUMENT,
                "the batch has 2, as many as a loss at the last step needs: see Loss.atLastStep",
                trainer -> trainer.step(dense().withTargets(new int[2])));
        add(
                "trainer.step(classes for a squared error)",
                ARGUMENT,
                "a squared error (Loss.mse) needs 12 value targets [T,B,O], the batch has 4 class numbers: give values with"
                        + " Batch.withTargets(float[]), or take the loss of classes, Loss.crossEntropy",
                rnn -> step(rnn, Loss.mse(), dense().withTargets(new int[4])));
        add(
                "trainer.step(classes for a binary cross-entropy)",
                ARGUMENT,
                "a binary cross-entropy (Loss.bce) needs 6 value targets [B,O], the batch has 2 class numbers: give values",
                rnn -> step(rnn, Loss.bce().atLastStep(), dense().withTargets(new int[2])));
        train(
                "trainer.step(weights of 3)",
                ARGUMENT,
                "weights",
                trainer -> trainer.step(batch().withLossWeights(new float[3])));
        train(
                "trainer.step(x with NaN)",
                NonFiniteGradientException.class,
                "",
                trainer -> trainer.step(Batch.dense(1, 1, 3, new float[] {1, Float.NaN, 1})
                                .withTargets(new int[1]))
                        .loss());
        add("schedule that returns NaN", ARGUMENT, "schedule", rnn -> {
            try (Trainer trainer =
                    Trainer.of(rnn).schedule(update -> Double.NaN).build()) {
                trainer.step(batch());
            }
        });
        add("rnn.save(file) with a NaN", NonFiniteException.class, "head.bias", rnn -> {
            rnn.setParameter("head.bias", new float[] {0, Float.NaN, 0});
            rnn.save(folder.resolve("never"));
        });
        train("trainer.fit(null, 1, null)", ARGUMENT, "source is null", trainer -> trainer.fit(null, 1, null));
        train("trainer.fit(source, -1, null)", ARGUMENT, "-1", trainer -> trainer.fit(source(batch()), -1, null));
        train("trainer.fit(no batches, 1, null)", ARGUMENT, "", trainer -> trainer.fit(source(), 1, null));
        train(
                "trainer.fit(no valid target, 1, null)",
                ARGUMENT,
                "target",
                trainer -> trainer.fit(source(dense().withTargets(new int[] {-100, -100, -100, -100})), 1, null));
        train("trainer.fit(source that reuses its arrays)", STATE, "arrays", trainer -> {
            float[] x = new float[12];
            BatchSource reusing = new BatchSource() {
                private int made;

                @Override
                public void start(long epoch) {
                    made = 0;
                }

                @Override
                public Batch next() {
                    x[0] = made;
                    return made++ == 4 ? null : Batch.dense(2, 2, 3, x).withTargets(new int[4]);
                }
            };
            try (PrefetchingSource source = new PrefetchingSource(reusing)) {
                trainer.fit(source, 1, null);
            }
        });
        train(
                "Validation.on(source).withPatience(-1)",
                ARGUMENT,
                "-1",
                trainer -> Validation.on(source(batch())).withPatience(-1));
        train("new BestModel().copyTo(rnn)", STATE, "", trainer -> new BestModel().copyTo(trainer.rnn()));
        train(
                "TrainerState.write(no/state, trainer, …)",
                java.nio.file.NoSuchFileException.class,
                "no",
                trainer -> TrainerState.write(folder.resolve("no/state"), trainer, new SourcePosition(0, 0), Map.of()));
    }

    private void closed() {
        add("rnn.forward(batch) after rnn.close()", STATE, "this Rnn is closed", rnn -> {
            rnn.close();
            rnn.forward(dense());
        });
        add("trainer.step(batch) after trainer.close()", STATE, "this Trainer is closed", rnn -> {
            Trainer trainer = Trainer.of(rnn).build();
            trainer.close();
            trainer.step(batch());
        });
        add("session.feed(0) after session.close()", STATE, "this RnnSession is closed", rnn -> {
            RnnSession session = new RnnSession(rnn, 1);
            session.close();
            session.feed(0);
        });
        add("Rnn.create(backend, …) after backend.close()", STATE, "closed", rnn -> {
            Backend backend = CpuBackends.open("vector", 1);
            backend.close();
            Rnn.create(backend, SPEC, 1);
        });
        add("backend.upload(…) to a closed array", STATE, "after close", rnn -> {
            DeviceArray array = rnn.backend().allocate(3);
            array.close();
            rnn.backend().upload(new float[3], 0, 3, array, 0);
        });
        add("source.start(0) after source.close()", STATE, "this PrefetchingSource is closed", () -> {
            PrefetchingSource source = new PrefetchingSource(source(batch()));
            source.close();
            source.start(0);
        });
    }
}
