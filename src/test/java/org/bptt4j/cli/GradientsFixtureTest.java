package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bptt4j.Fixture;
import org.bptt4j.backend.cuda.SoftDevice;
import org.bptt4j.backend.cuda.TestDevice;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.Tensor;
import org.bptt4j.softgpu.SoftGpu;
import org.bptt4j.spec.Cell;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command {@code gradients} against PyTorch, by the options that each case's expected file names. */
class GradientsFixtureTest {
    private static final List<String> OPTIONS = List.of(
            "loss",
            "loss_at",
            "reduction",
            "tbptt",
            "clip_norm",
            "clip_value",
            "class_weights",
            "pos_weight",
            "label_smoothing");

    @TempDir
    Path folder;

    static List<String> cases() {
        // A batch file has no resets.
        return Fixture.names(false).stream()
                .filter(name -> !name.startsWith("resets-"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theFileHoldsWhatPyTorchComputed(String name) throws IOException {
        assertComputes(name);
    }

    /** Each case by one form in turn; what the forms compute is tested by {@code PyTorchFixtureTest}. */
    @ParameterizedTest
    @MethodSource("cases")
    @Tag("card")
    void aDeviceComputesItToo(String name) throws IOException {
        List<String> forms = forms(name);
        assertComputesOnTheDevice(name, forms.get(cases().indexOf(name) % forms.size()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Tag("card")
    @Tag("full")
    void aDeviceComputesItByEveryForm(String name) throws IOException {
        for (String form : forms(name)) {
            assertComputesOnTheDevice(name, form);
        }
    }

    /** There are persistent kernels for plain cells only. */
    private static List<String> forms(String name) throws IOException {
        boolean plain = Cell.of(file(name, "weights").metadata().get("cell")).isPlain();
        return plain ? List.of("steps", "graph", "persistent", "auto") : List.of("steps", "graph", "auto");
    }

    private void assertComputesOnTheDevice(String name, String form) throws IOException {
        TestDevice.require();
        assertComputes(name, onTheDevice(form));
    }

    private static String[] onTheDevice(String form) {
        List<String> arguments = TestDevice.arguments();
        arguments.addAll(List.of("--sweep", form));
        return arguments.toArray(String[]::new);
    }

    @Test
    void sweepsTakeTheFormThatWasAskedFor() throws IOException {
        SoftDevice.require();
        for (String form : List.of("steps", "graph", "persistent")) {
            SoftGpu.reset();
            assertComputes("tbptt-k1-past-end", onTheDevice(form));
            assertEquals(form.equals("graph"), SoftGpu.counter("graph.launch") > 0, form);
            assertEquals(form.equals("persistent"), SoftGpu.sum("kernel.single_") > 0, form);
        }
    }

    private void assertComputes(String name, String... where) throws IOException {
        Safetensors expected = file(name, "expected");
        Path out = folder.resolve("G.safetensors");
        List<String> arguments = arguments(name, expected.metadata(), out, 2);
        arguments.addAll(List.of(where));
        CliRun run = CliRun.of(arguments);
        run.assertDone();
        assertTrue(run.out().startsWith("loss "), run.out());
        Safetensors actual = Safetensors.read(out);
        for (String tensor : expected.tensors().keySet()) {
            Tensor t = actual.tensor(tensor);
            assertArrayEquals(expected.tensor(tensor).shape(), t.shape(), tensor);
            Fixture.assertClose(expected.tensors(), tensor, t.toFloats());
        }
        Set<String> more = new TreeSet<>(actual.tensors().keySet());
        more.removeAll(expected.tensors().keySet());
        // One case leaves its output out, and one's truncation is longer than its sequence, which is none at all.
        more.removeAll(name.equals("tbptt-k1-past-end") ? Set.of("grad.x", "grad.h0") : Set.of("output"));
        assertEquals(Set.of(), more);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theBytesDoNotDependOnTheThreads(String name) throws IOException {
        Map<String, String> options = file(name, "expected").metadata();
        Path one = folder.resolve("one.safetensors");
        Path two = folder.resolve("two.safetensors");
        CliRun.of(arguments(name, options, one, 1)).assertDone();
        CliRun.of(arguments(name, options, two, 2)).assertDone();
        assertEquals(-1, Files.mismatch(one, two), "first byte that differs");
    }

    private static Safetensors file(String name, String part) throws IOException {
        return Safetensors.read(Fixture.FOLDER.resolve(name + "." + part + ".safetensors"));
    }

    private static List<String> arguments(String name, Map<String, String> options, Path out, int threads) {
        List<String> arguments = new ArrayList<>(List.of("gradients", "--out", out.toString()));
        for (String part : List.of("weights", "batch")) {
            Path file = Fixture.FOLDER.resolve(name + "." + part + ".safetensors");
            arguments.addAll(List.of("--" + part, file.toString()));
        }
        arguments.addAll(List.of("--threads", Integer.toString(threads)));
        for (String option : OPTIONS) {
            if (options.containsKey(option)) {
                arguments.addAll(List.of("--" + option.replace('_', '-'), options.get(option)));
            }
        }
        return arguments;
    }
}
