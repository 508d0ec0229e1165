package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.cpu.CpuBackends;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.SafetensorsException;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a model's file says of the network. */
class ModelFileTest {
    @TempDir
    Path folder;

    private Path saved(RnnSpec spec) throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Backend backend = CpuBackends.open("scalar", 1);
                Rnn rnn = Rnn.create(backend, spec, 1)) {
            rnn.save(file);
            ModelFile read = ModelFile.read(file);
            for (String name : rnn.parameterNames()) {
                assertArrayEquals(rnn.parameter(name), read.parameters().get(name), name);
            }
        }
        return file;
    }

    @Test
    void everyNetworkIsReadAsItWasWritten() throws IOException {
        for (Cell cell : Cell.all()) {
            RnnSpec spec = RnnSpec.of(3, 4, 2).withCell(cell).withLayers(2);
            for (RnnSpec each :
                    new RnnSpec[] {spec, spec.inBothDirections(), spec.withDropout(0.1), spec.withoutHead()}) {
                assertEquals(each, ModelFile.read(saved(each)).spec());
            }
        }
    }

    /** So that a file without it, as other programs write it, says the same. */
    @Test
    void noDropoutIsNotWritten() throws IOException {
        RnnSpec spec = RnnSpec.of(3, 4, 2);
        assertFalse(Safetensors.read(saved(spec)).metadata().containsKey("dropout"));
        assertEquals(
                "0.25",
                Safetensors.read(saved(spec.withDropout(0.25))).metadata().get("dropout"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bidirectional | yes  | must be true or false",
                "bidirectional | true | weight_ih_l0_reverse",
                "dropout       | much | is not a number",
                "dropout       | 1    | must be in [0, 1)",
                "dropout       | NaN  | must be in [0, 1)",
                "cell          | lstn | there are tanh, relu, gru, lstm",
                "cell          | gru  | the metadata says [12, 3]",
            })
    void metadataThatCannotBeAreRefused(String key, String value, String message) throws IOException {
        Path file = saved(RnnSpec.of(3, 4, 2));
        Safetensors tensors = Safetensors.read(file);
        tensors.putMetadata(key, value);
        tensors.write(file);
        String said = assertThrows(SafetensorsException.class, () -> ModelFile.read(file))
                .getMessage();
        assertTrue(said.contains(message) && said.contains("model.safetensors"), said);
    }
}
