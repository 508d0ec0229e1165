package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is given as a model and is none is called by its name. */
class FileKindTest {
    @TempDir
    Path folder;

    private void assertRefused(String name, byte[] content, String... parts) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        CliRun.of("generate", "--model", file.toString()).assertFailed(2, parts);
        CliRun.of("evaluate", "--model", file.toString()).assertFailed(2, parts);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] zip(String entry) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(1);
        }
        return bytes.toByteArray();
    }

    @Test
    void filesOfOtherKinds() throws IOException {
        assertRefused(
                "model.pt",
                zip("archive/data.pkl"),
                "model.pt: is a PyTorch file (.pt)",
                "safetensors.torch.save_file");
        assertRefused("model", zip("archive/data.pkl"), "is a PyTorch file");
        assertRefused("model.keras", zip("config.json"), "is a zip archive");
        assertRefused("old.pt", new byte[] {(byte) 0x80, 2, 'c', 0}, "is a Python pickle");
        assertRefused("model.h5", bytes("\u0089HDF\r\n\u001a\n"), "is an HDF5 file");
        assertRefused("model.gguf", bytes("GGUF\3\0\0\0"), "is a GGUF file");
        assertRefused("loss.png", bytes("\u0089PNG\r\n\u001a\n"), "is a picture");
        assertRefused("model.onnx", bytes("\10\7\22\0"), "is an ONNX file");
        assertRefused("empty", new byte[0], "is empty");
        assertRefused(
                "notes.txt",
                "Wörter\n".repeat(1000).getBytes(StandardCharsets.UTF_8),
                "is a text;",
                "name the run's folder");
        assertRefused("run.json", bytes("{\n  \"a\" : 1 }"), "is a text (JSON)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"checkpoints/state.safetensors", "checkpoints/state.safetensors-copy"})
    void aTrainingStateAndItsFolder(String name) throws IOException {
        Path run = folder.resolve("run");
        CliRun.of(
                        "train",
                        "--task",
                        "copy",
                        "--length",
                        "3",
                        "--steps",
                        "1",
                        "--hidden",
                        "2",
                        "--progress",
                        "none",
                        "--out",
                        run.toString())
                .assertDone();
        Path state = run.resolve(name);
        if (!Files.exists(state)) {
            Files.copy(run.resolve("checkpoints/state.safetensors"), state);
        }
        CliRun.of("evaluate", "--model", state.toString())
                .assertFailed(2, state + ": is a training state", "name the run's folder or its model.safetensors");
        Path checkpoints = Files.createDirectories(run.resolve("pictures"));
        CliRun.of("evaluate", "--model", checkpoints.toString())
                .assertFailed(2, "the folder holds no model.safetensors", "name the folder that train wrote, " + run);
    }

    /** A broken model is no other kind: its reader's own words stand. */
    @Test
    void aBrokenModelKeepsItsOwnMessage() throws IOException {
        byte[] header = bytes("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}");
        byte[] file = new byte[8 + header.length + 4];
        file[0] = (byte) header.length;
        System.arraycopy(header, 0, file, 8, header.length);
        assertRefused("x.safetensors", file, "the metadata lacks 'bidirectional'");
        assertEquals(
                true,
                FileKind.of(folder.resolve("x.safetensors"), "name a model").isEmpty());
    }
}
