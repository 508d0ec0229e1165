package org.bptt4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;

/** Who is chosen, and what is said when nobody can be. */
class BackendsTest {
    private static final Backend OPENED = (Backend) Proxy.newProxyInstance(
            BackendsTest.class.getClassLoader(), new Class<?>[] {Backend.class}, (p, method, a) -> "fake");

    /** Opens {@link #OPENED} unless there is a reason not to. */
    private record Fake(String kind, int priority, Optional<String> reason, boolean expected)
            implements BackendProvider {
        static Fake works(String kind) {
            return new Fake(kind, 1, Optional.empty(), true);
        }

        static Fake fails(String kind, String reason) {
            return new Fake(kind, 2, Optional.of(reason), true);
        }

        @Override
        public Optional<String> unavailable(BackendOptions options) {
            return reason;
        }

        @Override
        public boolean isExpected(BackendOptions options) {
            return expected;
        }

        @Override
        public Backend open(BackendOptions options) {
            assertTrue(reason.isEmpty(), "opened although it said it cannot run");
            assertEquals(3, options.threads());
            return OPENED;
        }
    }

    private static Backend select(String name, BackendProvider... providers) {
        return Backends.select(name, new BackendOptions(3), line -> {}, List.of(providers));
    }

    @Test
    void theCpuIsThereAndIsFoundByName() {
        assertTrue(Backends.providers().stream().anyMatch(p -> p.kind().equals("cpu")));
        try (Backend cpu = Backends.select("cpu", new BackendOptions(2));
                Backend auto = Backends.select("auto")) {
            assertEquals("cpu", cpu.name());
            assertTrue(cpu.description().contains("2 threads"), cpu.description());
            assertFalse(auto.name().isEmpty());
        }
    }

    /** Nor does auto fall back to it. */
    @Test
    void theCpuRefusesWhatItHasNot() {
        BackendOptions rounded = BackendOptions.DEFAULT.withPrecision(Precision.TF32);
        BackendOptions persistent = BackendOptions.DEFAULT.withSweep(SweepForm.PERSISTENT);
        List<BackendProvider> cpu = Backends.providers().stream()
                .filter(p -> p.kind().equals("cpu"))
                .toList();
        for (String name : new String[] {"cpu", "auto"}) {
            for (BackendOptions options : List.of(rounded, persistent)) {
                String message = assertThrows(
                                BackendUnavailableException.class,
                                () -> Backends.select(name, options, line -> {}, cpu))
                        .getMessage();
                assertTrue(message.contains(options == rounded ? "TF32" : "PERSISTENT"), message);
            }
        }
    }

    @Test
    void providersComeHighestPriorityFirst() {
        List<Integer> priorities =
                Backends.providers().stream().map(BackendProvider::priority).toList();
        assertEquals(priorities.stream().sorted((a, b) -> b - a).toList(), priorities);
    }

    @Test
    void autoTakesTheFirstThatCan() {
        assertSame(OPENED, select("auto", Fake.fails("gpu", "no driver"), Fake.works("cpu")));
        assertSame(OPENED, select("auto", Fake.works("gpu"), Fake.fails("cpu", "must not be asked")));
    }

    /** A machine without a card is no news; a card that cannot be used is. */
    @Test
    void autoSaysWhyNotOnlyOfWhatIsExpected() {
        List<String> said = new ArrayList<>();
        for (boolean expected : new boolean[] {true, false}) {
            Fake gpu = new Fake("gpu", 2, Optional.of("no driver"), expected);
            Backends.select("auto", new BackendOptions(3), said::add, List.of(gpu, Fake.works("cpu")));
        }
        assertEquals(1, said.size(), said.toString());
        assertTrue(said.get(0).contains("not gpu: no driver"), said.get(0));
    }

    @Test
    void aNamedOneNeverFallsBack() {
        String message = assertThrows(
                        BackendUnavailableException.class,
                        () -> select("gpu", Fake.fails("gpu", "no driver: install one"), Fake.works("cpu")))
                .getMessage();
        assertTrue(message.contains("'gpu'") && message.contains("no driver: install one"), message);
        assertSame(OPENED, select("cpu", Fake.fails("gpu", "no driver"), Fake.works("cpu")));
    }

    /** What no look beforehand could tell: the device is full, or its driver refuses the kernels. */
    private record FailsToOpen(String kind) implements BackendProvider {
        @Override
        public int priority() {
            return 2;
        }

        @Override
        public Optional<String> unavailable(BackendOptions options) {
            return Optional.empty();
        }

        @Override
        public Backend open(BackendOptions options) {
            throw new BackendUnavailableException(kind + ":" + options.device() + " is full");
        }
    }

    @Test
    void oneThatDoesNotOpenCannot() {
        assertSame(OPENED, select("auto", new FailsToOpen("gpu"), Fake.works("cpu")));
        String message = assertThrows(
                        BackendUnavailableException.class,
                        () -> select("gpu", new FailsToOpen("gpu"), Fake.works("cpu")))
                .getMessage();
        assertTrue(message.contains("gpu:0 is full"), message);
    }

    @Test
    void aNumberBehindTheKindNamesADevice() {
        String message = assertThrows(BackendUnavailableException.class, () -> select("gpu:2", new FailsToOpen("gpu")))
                .getMessage();
        assertTrue(message.contains("gpu:2 is full"), message);
        assertThrows(BackendUnavailableException.class, () -> select("gpu:", new FailsToOpen("gpu")));
    }

    @Test
    void whenNobodyCanAllReasonsAreGiven() {
        String message = assertThrows(
                        BackendUnavailableException.class,
                        () -> select("auto", Fake.fails("gpu", "no driver"), Fake.fails("cpu", "no heap")))
                .getMessage();
        assertTrue(message.contains("not gpu: no driver") && message.contains("not cpu: no heap"), message);
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        String message = assertThrows(
                        BackendUnavailableException.class,
                        () -> select("tpu", Fake.fails("gpu", "no driver"), Fake.works("cpu")))
                .getMessage();
        for (String word : new String[] {"'tpu'", "auto", "gpu", "cpu"}) {
            assertTrue(message.contains(word), message);
        }
        assertThrows(BackendUnavailableException.class, () -> Backends.select("CPU"));
    }

    /** Says what a batch takes. */
    private record Timed(String kind, int priority, double millis) implements BackendProvider {
        @Override
        public Optional<String> unavailable(BackendOptions options) {
            return Optional.empty();
        }

        @Override
        public Optional<Estimate> estimate(BackendOptions options) {
            return Optional.of(new Estimate("the " + kind, millis));
        }

        @Override
        public Backend open(BackendOptions options) {
            return (Backend) Proxy.newProxyInstance(
                    BackendsTest.class.getClassLoader(), new Class<?>[] {Backend.class}, (p, method, a) -> kind);
        }
    }

    /** A device must be 1.5 times as fast as the CPU, the margin of costs.properties. */
    @Test
    void autoTakesADeviceThatIsWellAhead() {
        Workload use = Workload.training(RnnSpec.of(1, 8, 1), 16, 120);
        BackendOptions options = BackendOptions.DEFAULT.withWorkload(use);
        List<String> said = new ArrayList<>();
        for (double cpu : new double[] {3.01, 2.99}) {
            List<BackendProvider> both = List.of(new Timed("gpu", 2, 2), new Timed("cpu", 1, cpu));
            String taken = cpu > 3 ? "gpu" : "cpu";
            assertEquals(
                    taken, Backends.select("auto", options, said::add, both).name());
            assertEquals("gpu", Backends.select("gpu", options, said::add, both).name());
        }
        String step = "a training step (16 rows of 120 steps, tanh of 8 units) is estimated at ";
        assertEquals(
                List.of(
                        "backend gpu: " + step
                                + "2.00 ms here and 3.01 ms on the cpu; Backends.select(\"cpu\") takes it at once",
                        "backend cpu: " + step
                                + "2.99 ms here and 2.00 ms on the gpu; auto takes that where it is 1.5 times as fast,"
                                + " Backends.select(\"gpu\") takes it at once"),
                said);
    }

    @Test
    void withoutAWorkloadTheFirstIsTakenAndSaysSo() {
        List<String> said = new ArrayList<>();
        List<BackendProvider> both = List.of(new Timed("gpu", 2, 100), new Timed("cpu", 1, 1));
        assertEquals(
                "gpu",
                Backends.select("auto", BackendOptions.DEFAULT, said::add, both).name());
        assertEquals(
                List.of(
                        "backend gpu: the first that can run; BackendOptions.withWorkload lets auto compare it with the cpu"),
                said);
    }

    @Test
    void aWorkloadHasRowsAndSteps() {
        RnnSpec net = RnnSpec.of(1, 8, 1);
        assertThrows(IllegalArgumentException.class, () -> Workload.training(net, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> Workload.evaluation(net, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> Workload.stepByStep(null, 1));
        assertThrows(IllegalArgumentException.class, () -> BackendOptions.DEFAULT.withWorkload(null));
    }

    @Test
    void negativeThreadsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new BackendOptions(-1));
        assertThrows(IllegalArgumentException.class, () -> BackendOptions.DEFAULT.withDevice(-1));
    }
}
