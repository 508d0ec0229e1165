package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the library advises by its Java names is advised by options here. */
final class OptionWordsTest {
    private static final Pattern JAVA =
            Pattern.compile("\\b(Trainer|Rnn|RnnSpec|BackendOptions|BackendProvider|Backends|Clipping)\\.[a-zA-Z]");

    @TempDir
    Path folder;

    @Test
    void memoryOfABatchAndHeapAreOptions() {
        String message = Failure.of(
                        new OutOfDeviceMemoryException("cpu", 4, 0, new OutOfMemoryError()),
                        new CommandLine(new TrainCommand()).getCommandSpec())
                .message();
        assertFalse(JAVA.matcher(message).find(), message);
        for (String option : new String[] {"--memory", "--hidden", " a larger heap with BPTT4J_JAVA_OPTS=-Xmx"}) {
            assertTrue(message.contains(option), message);
        }
        assertEquals(
                "use a newer card, or --backend cpu", OptionWords.of("use a newer card, or Backends.select(\"cpu\")"));
        assertNull(OptionWords.of(null));
    }

    /** Sizes that no machine has: said at once, in two lines at most. */
    @ParameterizedTest
    @CsvSource({
        "--hidden 1 --layers 2000000000, 1, --layers",
        "--hidden 2000000000 --cell lstm, 2, --hidden",
        "--hidden 2147483647, 1, --hidden",
        "--layers 2147483647 --cell lstm, 2, --layers",
        "--backend cuda --cuda-libraries no-such-folder, 2, --cuda-libraries",
        "--backend cuda:1000, 2, cuda",
        "--length 2147483647, 2, --length",
        "--lr 1e300, 2, --lr 1.0E300",
        "--lr 1e-50, 2, --lr 1.0E-50",
        "--clip-norm 1e300, 2, --clip-norm 1.0E300",
        "--clip-value 1e-60, 2, --clip-value 1.0E-60",
        "--batch 2147483647, 2, smaller batch"
    })
    void errorsNameOptions(String options, int code, String option) {
        String line =
                "train --task parity --length 9 --steps 1 --backend cpu --out " + folder.resolve("run") + " " + options;
        CliRun run = CliRun.of(withoutEarlier(line).split(" ", -1));
        run.assertFailed(code, option);
        assertFalse(JAVA.matcher(run.err()).find(), run.err());
        assertFalse(run.err().contains("internal error"), run.err());
    }

    /** An option that is given again replaces the default of this test. */
    private static String withoutEarlier(String line) {
        String once = line;
        for (String name : new String[] {"--backend", "--length"}) {
            if (once.indexOf(name + " ") != once.lastIndexOf(name + " ")) {
                once = once.replaceFirst(name + " \\S+ ", "");
            }
        }
        return once;
    }
}
