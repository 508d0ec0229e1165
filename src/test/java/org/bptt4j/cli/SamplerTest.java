package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.bptt4j.NonFiniteException;
import org.bptt4j.Rnn;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendOptions;
import org.bptt4j.backend.Backends;
import org.bptt4j.data.RandomStream;
import org.bptt4j.data.Vocabulary;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    private static final Vocabulary LETTERS = Vocabulary.of("abc😀");
    private static final float INF = Float.POSITIVE_INFINITY;

    @TempDir
    Path folder;

    private Backend backend;
    private Rnn rnn;

    @BeforeEach
    void open() {
        backend = Backends.select("cpu", new BackendOptions(1));
        rnn = Rnn.create(backend, RnnSpec.of(4, 3, 4), 1);
    }

    @AfterEach
    void close() {
        rnn.close();
        backend.close();
    }

    /** Outputs that are the same whatever came before. */
    private void outputs(float... y) {
        rnn.setParameter("head.weight", new float[4 * 3]);
        rnn.setParameter("head.bias", y);
    }

    private String draw(double temperature, int length) {
        return sampler(temperature).continueText("a", length);
    }

    private Sampler sampler(double temperature) {
        return new Sampler(rnn, LETTERS, temperature, RandomStream.of(1, RandomStream.Use.SAMPLE, 0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, Double.MIN_VALUE, 1e-300, 0.001})
    void aLowTemperatureTakesTheLikeliest(double temperature) {
        outputs(1, 2, -Float.MAX_VALUE, 3);
        assertEquals("😀😀😀", draw(temperature, 3));
    }

    @Test
    void minusInfinityIsNeverDrawn() {
        outputs(-INF, 0, -INF, 0);
        String text = draw(1, 200);
        assertTrue(text.contains("b") && text.contains("😀"), text);
        assertEquals("", text.replace("b", "").replace("😀", ""));
        assertEquals(200, text.codePointCount(0, text.length()));
        outputs(-INF, -Float.MAX_VALUE, -INF, Float.MAX_VALUE);
        assertEquals("", draw(1e308, 20).replace("b", "").replace("😀", ""));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.8})
    void outputsThatAreNoNumbersAreNotDrawnFrom(double temperature) {
        for (float wrong : new float[] {Float.NaN, INF}) {
            outputs(0, 5, wrong, 0);
            NonFiniteException e = assertThrows(NonFiniteException.class, () -> draw(temperature, 3));
            assertTrue(
                    e.getMessage().startsWith("after 1 character the network's output for 'c' (U+0063) is " + wrong),
                    e.getMessage());
        }
        outputs(Float.NaN, 0, 0, 0);
        assertThrows(NonFiniteException.class, () -> draw(temperature, 3));
        outputs(-INF, -INF, -INF, -INF);
        assertThrows(NonFiniteException.class, () -> draw(temperature, 3));
    }

    /** 1024 steps at a time give what one piece gives, and so many that their outputs are no more than 16 MiB. */
    @Test
    void aPromptIsFedInStretches() {
        String prompt = "abc😀ab".repeat(500);
        String all = sampler(0.8).continueText(prompt, 40);
        String end = sampler(0.8).continueText(prompt.substring(7 * 400), 40);
        assertEquals(all, end, "the 600 steps before the last letters are all that these weights remember");
        assertEquals(1024, Sampler.stretch(4));
        assertEquals(1024, Sampler.stretch(4096));
        assertEquals(41, Sampler.stretch(100_000));
        assertEquals(1, Sampler.stretch(5_000_000));
    }

    @Test
    void drawingEndsWhenNobodyReads() throws IOException {
        Path model = folder.resolve("model.safetensors");
        rnn.save(model, Map.of("vocabulary", LETTERS.characters()));
        String[] endless = {"generate", "--model", model.toString(), "--length", "2147483647", "--threads", "1"};
        StringWriter err = new StringWriter();
        assertEquals(0, Main.run(failing("Broken pipe"), new PrintWriter(err), endless));
        assertEquals("", err.toString());
        assertEquals(1, Main.run(failing("No space left on device"), new PrintWriter(err), endless));
        assertEquals(
                "error: cannot write to standard output: No space left on device",
                err.toString().strip());
    }

    /** Takes 100 bytes, and then no more. */
    private static ResultWriter failing(String reason) {
        return new ResultWriter(
                new OutputStream() {
                    private int left = 100;

                    @Override
                    public void write(int b) throws IOException {
                        if (left-- <= 0) {
                            throw new IOException(reason);
                        }
                    }
                },
                StandardCharsets.UTF_8);
    }

    @Test
    void aModelWhoseOutputsOverflowIsAFailure() throws IOException {
        outputs(0, 0, 0, 0);
        rnn.setParameter("head.weight", new float[] {0, 0, 0, Float.MAX_VALUE, Float.MAX_VALUE, 0, 0, 0, 0, 0, 0, 0});
        rnn.setParameter("rnn.bias_ih_l0", new float[] {20, 20, 20});
        Path model = folder.resolve("model.safetensors");
        rnn.save(model, Map.of("vocabulary", LETTERS.characters()));
        CliRun run = CliRun.of("generate", "--model", model.toString(), "--prompt", "ab");
        run.assertFailed(1, "after 2 characters the network's output for 'b' (U+0062) is Infinity");
        assertEquals("ab", run.out());
    }
}
