package org.bptt4j.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardRunTest {
    private static final double LONG = 1000;

    @TempDir
    Path folder;

    private final List<Integer> exits = new ArrayList<>();
    private boolean lost;

    private CardRun run(double seconds) throws IOException {
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return new CardRun(folder.resolve("results"), seconds, out, () -> lost, exits::add);
    }

    private static void item(CardRun run, String key, CardRun.Work work) {
        run.item(key, Map.of("kind", "test"), LONG, work);
    }

    @Test
    void whatFailsIsCalledSoAndTheNextGoesOn() throws IOException {
        CardRun run = run(LONG);
        item(run, "fails", result -> {
            result.put("ms", 1.5);
            throw new IllegalStateException("no persistent kernel for anything");
        });
        item(run, "is none", result -> {
            throw new CardRun.NotOffered("there is none");
        });
        item(run, "runs", result -> result.put("ms", 2.5));
        assertEquals(
                List.of(
                        Map.of(
                                "item", "fails",
                                "state", "FAILED",
                                "why", "IllegalStateException: no persistent kernel for anything",
                                "kind", "test",
                                "ms", 1.5),
                        Map.of("item", "is none", "state", "not offered", "why", "there is none", "kind", "test"),
                        Map.of("item", "runs", "state", "ok", "kind", "test", "ms", 2.5)),
                run.results());
        assertEquals(List.of(), exits);
        assertEquals(1, run.count(CardRun.State.FAILED));
    }

    @Test
    void behindALostDeviceTheProcessEndsAndTheNextGoesOnBehindIt() throws IOException {
        lost = true;
        item(run(LONG), "loses it", result -> {
            throw new IllegalStateException("an illegal address");
        });
        assertEquals(List.of(CardRun.AGAIN), exits);
        lost = false;
        CardRun again = run(LONG);
        item(again, "loses it", result -> {
            throw new AssertionError("done already");
        });
        item(again, "next", result -> {});
        assertEquals(List.of("FAILED", "ok"), states(again));
    }

    @Test
    void anItemDuringWhichTheProcessWasKilledHasFailed() throws IOException {
        Files.writeString(folder.resolve("results.begun"), "killed");
        CardRun run = run(LONG);
        assertEquals(List.of("FAILED"), states(run));
        item(run, "killed", result -> {
            throw new AssertionError("not once more");
        });
        assertEquals(1, run.results().size());
    }

    @Test
    void anItemThatHangsEndsTheProcess() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        CardRun run = new CardRun(folder.resolve("results"), LONG, out, () -> false, code -> {
            exits.add(code);
            ended.countDown();
        });
        run.item("hangs", Map.of(), 0.001, result -> ended.await());
        assertEquals(List.of(CardRun.AGAIN), exits);
        assertEquals(List.of("FAILED"), states(run));
        assertEquals("it did not end within 0 s", run.results().get(0).get("why"));
    }

    @Test
    void whatThereIsNoTimeForIsListed() throws IOException {
        CardRun run = run(0);
        item(run, "late", result -> {
            throw new AssertionError("no time for it");
        });
        assertEquals(List.of("no time"), states(run));
        assertFalse(run.results().get(0).containsKey("why"));
        assertTrue(run.secondsLeft() <= 0);
    }

    private static List<Object> states(CardRun run) throws IOException {
        return run.results().stream().map(line -> line.get("state")).toList();
    }
}
