package org.bptt4j;

import java.util.Random;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.Backends;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.Optimizer;
import org.bptt4j.spec.RnnSpec;

/** A user's program for {@link NoFlagsTest}: trains ten steps and prints the backend and the losses. */
final class TenSteps {
    private TenSteps() {}

    public static void main(String[] arguments) {
        try (Backend backend = Backends.select("cpu", new BackendOptions(2));
                Rnn rnn = Rnn.create(backend, RnnSpec.of(3, 20, 3), 42);
                Trainer trainer =
                        Trainer.of(rnn).optimizer(Optimizer.adam(0.02)).build()) {
            System.out.println(backend.description());
            int[] ids = new Random(1).ints(8 * 4, 0, 3).toArray();
            Batch batch = Batch.symbols(8, 4, ids).withTargets(ids);
            for (int i = 0; i < 10; i++) {
                System.out.println(trainer.step(batch).loss());
            }
        }
    }
}
