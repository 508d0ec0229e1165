package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets which folder, and what is not followed out of it. */
class RunFolderTest {
    @TempDir
    Path folder;

    /** Both looked before either had claimed. */
    @Test
    void twoRunsWithoutAnOptionGetAFolderEach() throws IOException {
        Path out = folder.resolve("out");
        try (RunFolder one = RunFolder.choose(null, out);
                RunFolder other = RunFolder.choose(null, out)) {
            one.claim();
            one.writeRun(Map.of("run", "one"));
            other.claim();
            other.writeRun(Map.of("run", "other"));
            assertEquals(out, one.path());
            assertEquals(folder.resolve("out-2"), other.path());
        }
        assertTrue(Files.readString(out.resolve("run.json")).contains("one"));
    }

    @Test
    void ofTwoRunsWithOneFolderOneIsRefusedBeforeItHasWritten() throws IOException {
        for (boolean there : new boolean[] {false, true}) {
            Path out = folder.resolve("there-" + there);
            if (there) {
                Files.createDirectory(out);
            }
            try (RunFolder one = RunFolder.choose(out, null);
                    RunFolder other = RunFolder.choose(out, null)) {
                one.claim();
                assertMessage("a run is going on in this folder", assertThrows(UsageException.class, other::claim));
                one.writeRun(Map.of("run", "one"));
            }
            assertTrue(Files.readString(out.resolve("run.json")).contains("one"));
            assertMessage(
                    "already holds a run",
                    assertThrows(
                            UsageException.class,
                            () -> RunFolder.choose(out, null).close()));
        }
    }

    /** One that finished between the other's look and its claim. */
    @Test
    void aRunThatCameBetween() throws IOException {
        Path out = folder.resolve("out");
        try (RunFolder late = RunFolder.choose(out, null)) {
            try (RunFolder early = RunFolder.choose(out, null)) {
                early.claim();
                early.writeRun(Map.of("run", "early"));
            }
            assertMessage("already holds a run", assertThrows(UsageException.class, late::claim));
        }
        assertTrue(Files.readString(out.resolve("run.json")).contains("early"));
    }

    @Test
    void aFolderInWhichNothingWasWrittenGoes() throws IOException {
        Path made = folder.resolve("a/made");
        Path there = Files.createDirectory(folder.resolve("there"));
        for (Path out : new Path[] {made, there}) {
            try (RunFolder run = RunFolder.choose(out, null)) {
                run.claim();
            }
        }
        assertFalse(Files.exists(made));
        assertTrue(Files.exists(there));
    }

    @Test
    void nothingIsFollowedOutOfTheFolder() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "mine");
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        for (String name : new String[] {
            "metrics.jsonl", "run.json", "loss.png", "checkpoints/state.safetensors", "checkpoints/.lock", "checkpoints"
        }) {
            Path out = Files.createDirectories(folder.resolve("run of " + name.replace('/', ' ')));
            Files.createDirectories(out.resolve(name).getParent());
            Files.createSymbolicLink(out.resolve(name), name.equals("checkpoints") ? elsewhere : victim);
            if (!name.equals("run.json")) {
                Files.writeString(out.resolve("run.json"), "{}");
            }
            assertMessage(
                    name + " in it is a link",
                    assertThrows(
                            UsageException.class, () -> RunFolder.existing(out).close()));
            Files.delete(out.resolve("run.json"));
            if (!name.equals("run.json") && !name.equals("metrics.jsonl")) {
                try (RunFolder run = RunFolder.choose(out, null)) {
                    assertMessage(name + " in it is a link", assertThrows(UsageException.class, run::claim));
                }
            }
        }
        assertEquals("mine", Files.readString(victim));
        assertEquals(0, elsewhere.toFile().list().length);
    }

    @Test
    void whatAKilledProcessLeftHalfWrittenGoes() throws IOException {
        Path checkpoints = Files.createDirectories(folder.resolve("checkpoints"));
        Files.writeString(folder.resolve("run.json"), "{}");
        Path left = Files.writeString(checkpoints.resolve(".00ff00ff00ff00ff.tmp"), "half");
        Path another = Files.writeString(folder.resolve(".00ff00ff00ff00fe.tmp"), "half");
        Path own = Files.writeString(folder.resolve("notes.tmp"), "of the user's");
        RunFolder.existing(folder).close();
        assertFalse(Files.exists(left));
        assertFalse(Files.exists(another));
        assertTrue(Files.exists(own));
    }

    private static void assertMessage(String part, Exception e) {
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
