package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Advice on memory names what the command has. */
class RemediesTest {
    private static final long GIB = 1L << 30;

    private static String advice(Object command, Throwable thrown) {
        return Failure.of(thrown, new CommandLine(command).getCommandSpec()).message();
    }

    private static Object command(String name) {
        return switch (name) {
            case "train" -> new TrainCommand();
            case "evaluate" -> new EvaluateCommand();
            case "generate" -> new GenerateCommand();
            case "gradients" -> new GradientsCommand();
            case "bench" -> new BenchCommand();
            default -> new DoctorCommand();
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "evaluate", "generate", "gradients", "bench", "doctor"})
    void onlyOptionsThatThereAre(String name) {
        CommandLine commandLine = new CommandLine(command(name));
        for (Throwable thrown : new Throwable[] {
            new OutOfMemoryError("Java heap space"),
            new OutOfMemoryError("unable to create native thread: possibly out of memory"),
            new OutOfDeviceMemoryException("cuda:0", 100, 10, null),
            new OutOfDeviceMemoryException("cpu", 100, 10, null)
        }) {
            String message = Failure.of(thrown, commandLine.getCommandSpec()).message();
            Pattern.compile("--[a-z-]+")
                    .matcher(message)
                    .results()
                    .map(MatchResult::group)
                    .forEach(option ->
                            assertTrue(commandLine.getCommandSpec().optionsMap().containsKey(option), message));
        }
    }

    @Test
    void whatIsAdvised() {
        OutOfMemoryError heap = new OutOfMemoryError("Java heap space");
        assertTrue(advice(new TrainCommand(), heap)
                .startsWith(
                        "out of memory (Java heap space): use a budget with --memory, a smaller --batch, a shorter --unroll,"
                                + " a smaller --hidden, fewer --threads or a "));
        assertTrue(advice(new GenerateCommand(), heap)
                .startsWith("out of memory (Java heap space): use fewer --threads or a "));
        // There --batch is a file.
        assertFalse(advice(new GradientsCommand(), heap).contains("--batch"));
        OutOfDeviceMemoryException device = new OutOfDeviceMemoryException("cuda:0", 100, 10, null);
        assertTrue(advice(new TrainCommand(), device).contains("--memory"), advice(new TrainCommand(), device));
        assertEquals(
                "cuda:0: 100 bytes asked, 10 free for one array: use --backend cpu",
                advice(new GenerateCommand(), device));
    }

    /** Followed literally, it must not make the heap smaller than it is. */
    @Test
    void aLargerHeapIsLarger() {
        assertEquals("a larger heap with BPTT4J_JAVA_OPTS=-Xmx8192m", Remedies.largerHeap(4 * GIB, 16 * GIB));
        assertEquals("a larger heap with BPTT4J_JAVA_OPTS=-Xmx14745m", Remedies.largerHeap(12 * GIB, 16 * GIB));
        assertEquals("a machine with more memory", Remedies.largerHeap(15 * GIB, 16 * GIB));
        assertEquals("a machine with more memory", Remedies.largerHeap(Long.MAX_VALUE, 16 * GIB));
    }
}
