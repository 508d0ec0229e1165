package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.data.PrefetchingSource;
import org.bptt4j.data.SourcePosition;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Initialization;
import org.bptt4j.spec.Loss;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A missing argument is named, and so is a closed object; both before anything is changed. */
final class NullAndClosedTest {
    private static final RnnSpec SPEC = RnnSpec.of(3, 2, 4);
    private static final Batch BATCH = Batch.symbols(2, 2, new int[4]).withTargets(new int[4]);

    @TempDir
    Path folder;

    private final Backend backend = CpuBackends.open("vector", 1);
    private final Rnn rnn = Rnn.create(backend, SPEC, 1);
    private final Trainer trainer = Trainer.of(rnn).build();
    private final Evaluator evaluator = new Evaluator(rnn);

    @AfterEach
    void close() {
        evaluator.close();
        trainer.close();
        rnn.close();
        trainer.close();
        rnn.close();
        backend.close();
        backend.close();
    }

    @Test
    void aNullIsNamed() {
        Map<Executable, String> calls = new LinkedHashMap<>();
        calls.put(() -> Trainer.of(null), "rnn");
        calls.put(() -> Trainer.of(rnn).loss(null), "loss");
        calls.put(() -> Trainer.of(rnn).optimizer(null), "optimizer");
        calls.put(() -> Trainer.of(rnn).clipping(null), "clipping");
        calls.put(() -> Trainer.of(rnn).truncation(null), "truncation");
        calls.put(() -> Trainer.of(rnn).schedule(null), "schedule");
        calls.put(() -> trainer.step(null), "batch");
        calls.put(() -> trainer.fit(null, 1, step -> true), "source");
        calls.put(() -> trainer.evaluate(null), "source");
        calls.put(() -> new Evaluator(null), "rnn");
        calls.put(() -> evaluator.predict(null), "batch");
        calls.put(() -> evaluator.predictLast(null), "batch");
        calls.put(() -> evaluator.evaluate(null, new Batches(List.of())), "loss");
        calls.put(() -> evaluator.evaluate(Loss.mse(), null), "source");
        calls.put(() -> trainer.forwardBackward(null), "batch");
        calls.put(() -> trainer.gradients(null), "batch");
        calls.put(() -> trainer.memoryPlan(null), "shape");
        calls.put(() -> Rnn.create(null, SPEC, 1), "backend");
        calls.put(() -> Rnn.create(backend, null, 1), "spec");
        calls.put(() -> Rnn.create(backend, SPEC, (Initialization) null, 1), "initialization");
        calls.put(() -> Rnn.create(backend, SPEC, Initialization.UNIFORM, null, 1), "remembering");
        calls.put(() -> Rnn.load(null, folder), "backend");
        calls.put(() -> Rnn.load(backend, null), "file");
        calls.put(() -> rnn.save(null), "file");
        calls.put(() -> rnn.save(folder.resolve("m"), null), "metadata");
        calls.put(() -> rnn.forward(null), "batch");
        calls.put(() -> rnn.backward(null, null, null, null), "output");
        calls.put(() -> rnn.parameter(null), "name");
        calls.put(() -> rnn.setParameter("head.bias", (float[]) null), "values of head.bias");
        calls.put(() -> rnn.setGradient("head.bias", null), "values of head.bias");
        calls.put(() -> new RnnSession(null, 1), "rnn");
        calls.put(() -> ModelFile.read(null), "file");
        calls.put(() -> TrainerState.read(null), "file");
        calls.put(() -> TrainerState.write(null, trainer, new SourcePosition(0, 0), Map.of()), "file");
        calls.put(() -> TrainerState.write(folder, null, new SourcePosition(0, 0), Map.of()), "trainer");
        calls.put(() -> TrainerState.write(folder, trainer, null, Map.of()), "position");
        calls.put(() -> Batch.dense(1, 1, 1, null), "x");
        calls.put(() -> Batch.symbols(1, 1, null), "ids");
        calls.put(() -> BATCH.withTargets((int[]) null), "targets");
        calls.put(() -> BATCH.withTargets((float[]) null), "targets");
        calls.put(() -> BATCH.withLengths(null), "lengths");
        calls.put(() -> BATCH.withResets(null), "resets");
        calls.put(() -> BATCH.withLossWeights(null), "weights");
        calls.put(() -> new PrefetchingSource(null), "source");
        calls.put(() -> Backends.select(null), "name");
        calls.put(() -> Backends.select("cpu", null), "options");
        calls.put(() -> new RnnSpec(null, 1, 1, 1, 1), "cell");
        calls.put(() -> new Clipping(null, 1), "kind");
        calls.put(() -> new Optimizer(null, 1, 0, 0, 1, 0, false), "kind");
        calls.put(() -> Loss.mse().at(null), "at");
        calls.put(() -> new Cell(null, 1, 0, false, false), "name");
        calls.forEach((call, name) -> {
            String message =
                    assertThrows(IllegalArgumentException.class, call, name).getMessage();
            assertEquals(name + " is null: it must be given", message);
        });
        assertEquals(0, trainer.updates());
    }

    @Test
    void nobodyNeedsToListen() {
        assertEquals(2, trainer.fit(new Batches(List.of(BATCH)), 2, null));
        assertEquals(2, trainer.updates());
    }

    private static void closed(String object, Executable... calls) {
        for (Executable call : calls) {
            String message = assertThrows(IllegalStateException.class, call).getMessage();
            assertTrue(message.startsWith("this " + object + " is closed"), message);
        }
    }

    @Test
    void whatIsClosedIsNamed() throws IOException {
        RnnSession session = new RnnSession(rnn, 1);
        session.close();
        session.close();
        closed("RnnSession", () -> session.feed(1), () -> session.feed(new float[3]));

        PrefetchingSource source = new PrefetchingSource(new Batches(List.of(BATCH)));
        source.start(0);
        source.close();
        source.close();
        closed("PrefetchingSource", source::next, () -> source.start(1), () -> source.skip(1));

        TrainerState.write(folder.resolve("s"), trainer, new SourcePosition(0, 0), Map.of());
        TrainerState state = TrainerState.read(folder.resolve("s"));
        evaluator.close();
        evaluator.close();
        closed(
                "Evaluator",
                () -> evaluator.predict(BATCH),
                () -> evaluator.predictLast(BATCH),
                () -> evaluator.evaluate(Loss.crossEntropy(), new Batches(List.of(BATCH))));
        Evaluator asking = new Evaluator(rnn);
        RnnSession open = new RnnSession(rnn, 1);
        trainer.close();
        closed(
                "Trainer",
                () -> trainer.step(BATCH),
                () -> trainer.fit(new Batches(List.of(BATCH)), 1, null),
                () -> trainer.evaluate(new Batches(List.of(BATCH))),
                () -> trainer.forwardBackward(BATCH),
                () -> trainer.gradients(BATCH),
                () -> trainer.memoryPlan(BATCH),
                () -> state.restore(trainer),
                () -> TrainerState.write(folder.resolve("s"), trainer, new SourcePosition(0, 0), Map.of()));

        try (Trainer other = Trainer.of(rnn).build()) {
            rnn.forward(BATCH);
            rnn.close();
            closed(
                    "Rnn",
                    () -> rnn.forward(BATCH),
                    () -> rnn.backward(null, null),
                    () -> rnn.parameter("head.bias"),
                    () -> rnn.gradient("head.bias"),
                    () -> rnn.setParameter("head.bias", new float[4]),
                    rnn::zeroGradients,
                    () -> rnn.save(folder.resolve("m")),
                    () -> new RnnSession(rnn, 1),
                    () -> Trainer.of(rnn).build(),
                    () -> open.feed(1),
                    () -> new Evaluator(rnn),
                    () -> asking.predict(BATCH),
                    () -> other.step(BATCH),
                    () -> other.evaluate(new Batches(List.of(BATCH))));
        }
        open.close();
        asking.close();
        assertEquals(0, backend.allocatedBytes());

        DeviceArray array = backend.allocate(3);
        array.close();
        array.close();
        String message = assertThrows(IllegalStateException.class, () -> backend.upload(new float[3], 0, 3, array, 0))
                .getMessage();
        assertTrue(message.contains("array of 3"), message);
        backend.close();
        closed("cpu backend", () -> backend.allocate(1), () -> Rnn.create(backend, SPEC, 1));
    }
}
