package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.data.Batch;
import org.bptt4j.data.Series;
import org.bptt4j.data.SourcePosition;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees who prints an object. */
class PrintedTest {
    @TempDir
    Path folder;

    @Test
    void theModelThatIsKept() {
        try (Backend backend = CpuBackends.open("vector", 1);
                Rnn rnn = Rnn.create(backend, RnnSpec.of(3, 4, 2), 1)) {
            BestModel best = new BestModel();
            assertEquals("none so far", best.toString());
            best.offer(rnn, 40, 0.25);
            best.offer(rnn, 60, 0.5);
            assertEquals("validation loss 0.25 after 40 updates, 1 validation since", best.toString());
            assertEquals(
                    "80 steps, 2 epochs, stopped early; best model: validation loss 0.25 after 40 updates, 1 validation since",
                    new FitReport(80, 2, best, true).toString());
            assertEquals(
                    "1 step, 0 epochs; best model: none so far",
                    new FitReport(1, 0, new BestModel(), false).toString());
        }
    }

    @Test
    void whatIsInABatch() {
        Batch ids = Batch.symbols(5, 2, new int[10]);
        assertEquals(
                "batch T=5, B=2, ids, class targets",
                ids.withTargets(new int[10]).toString());
        assertEquals(
                "batch T=1, B=2, x of I=3, value targets, loss weights, lengths, resets, initial state",
                Batch.dense(1, 2, 3, new float[6])
                        .withTargets(new float[4])
                        .withLossWeights(new float[2])
                        .withLengths(new int[] {1, 1})
                        .withResets(new boolean[2])
                        .withInitialState(new float[8])
                        .toString());
        assertEquals("batch T=5, B=2, ids, continuing", ids.continuing().toString());
    }

    /** No object shows as its class's name and a number. */
    @Test
    void nothingIsAHash() throws Exception {
        RnnSpec spec = RnnSpec.of(3, 4, 2).withCell(Cell.LSTM);
        Batch batch = Batch.dense(1, 2, 3, new float[6]).withTargets(new int[2]);
        try (Backend backend = CpuBackends.open("vector", 1);
                Rnn rnn = Rnn.create(backend, spec, 1);
                Trainer trainer = Trainer.of(rnn).build();
                RnnSession session = new RnnSession(rnn, 2)) {
            rnn.save(folder.resolve("model.safetensors"));
            TrainerState.write(folder.resolve("state"), trainer, SourcePosition.START, Map.of());
            Rnn.Output output = rnn.forward(batch);
            List<Object> printed = List.of(
                    rnn,
                    trainer,
                    session,
                    output,
                    rnn.backward(new float[8], null),
                    trainer.gradients(batch),
                    trainer.step(batch),
                    ModelFile.read(folder.resolve("model.safetensors")),
                    TrainerState.read(folder.resolve("state")),
                    new Series(List.of("a"), new double[][] {{1, 2}}, 0),
                    spec);
            for (Object object : printed) {
                assertFalse(object.toString().matches("(?s).*@[0-9a-f]{3,}.*"), object.getClass() + ": " + object);
            }
            assertEquals(spec + " on cpu", rnn.toString());
            assertEquals("session of 2 rows", session.toString());
            assertEquals("h of 8, h_n of 8, c_n of 8 elements", output.toString());
            assertEquals(
                    "series of 2 rows, columns [a], target 'a'", printed.get(9).toString());
        }
    }
}
