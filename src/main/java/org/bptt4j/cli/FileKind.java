package org.bptt4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.SafetensorsException;

/** What a file is that was given as a model and is none, as far as its first bytes tell, and what to do about it. */
final class FileKind {
    private static final int LOOKED_AT = 4096;
    private static final String EXPORT = "; save its parameters as safetensors (Python: safetensors.torch.save_file)";

    private FileKind() {}

    /**
     * What to throw for a file that was refused: what it is, if that can be told, or else what was said of it.
     *
     * @param option that named it
     * @param instead what to do, such as "name the run's folder"
     */
    static IOException explain(SafetensorsException refused, String option, Path file, String instead) {
        Optional<String> kind = Files.isRegularFile(file) ? of(file, instead) : Optional.empty();
        if (kind.isPresent()) {
            throw new UsageException(option + " " + file + ": " + kind.get(), refused);
        }
        return refused;
    }

    /** A few words such as "is a text", with the remedy; nothing for what may well be a model, if a broken one. */
    static Optional<String> of(Path file, String instead) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(LOOKED_AT);
            String name = file.getFileName().toString();
            return head.length == 0 ? Optional.of("is empty; was it copied whole?") : ofHead(head, name, file, instead);
        } catch (IOException e) {
            return Optional.empty(); // the reader's own message says it
        }
    }

    private static Optional<String> ofHead(byte[] head, String name, Path file, String instead) {
        if (begins(head, "PK\003\004")) {
            String start = new String(head, StandardCharsets.ISO_8859_1);
            return Optional.of(
                    start.contains("data.pkl") || name.matches("(?i).*\\.(pt|pth|bin|ckpt)")
                            ? "is a PyTorch file (.pt), which is not read here" + EXPORT
                            : "is a zip archive (of Keras or DL4J, if it is a model), which is not read here" + EXPORT);
        }
        if (head[0] == (byte) 0x80 && head.length > 1 && head[1] >= 2 && head[1] <= 5) {
            return Optional.of("is a Python pickle (an old PyTorch file?), which is not read here" + EXPORT);
        }
        if (begins(head, "\u0089HDF")) {
            return Optional.of("is an HDF5 file (of Keras?), which is not read here" + EXPORT);
        }
        if (begins(head, "GGUF")) {
            return Optional.of("is a GGUF file, which is not read here; name one of safetensors");
        }
        if (begins(head, "\u0089PNG")) {
            return Optional.of("is a picture; " + instead);
        }
        if (name.matches("(?i).*\\.onnx")) {
            return Optional.of("is an ONNX file, which is not read here; name one of safetensors");
        }
        if (isText(head)) {
            boolean json = head[0] == '{' || head[0] == '[';
            return Optional.of("is a text" + (json ? " (JSON)" : "") + "; " + instead);
        }
        return isState(file)
                ? Optional.of("is a training state, from which train --resume goes on; " + instead)
                : Optional.empty();
    }

    private static boolean begins(byte[] head, String magic) {
        byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
        return head.length >= bytes.length
                && ByteBuffer.wrap(head, 0, bytes.length).equals(ByteBuffer.wrap(bytes));
    }

    /** UTF-8 without NUL; a safetensors file begins with the length of its header, which has such bytes. */
    private static boolean isText(byte[] head) {
        for (byte b : head) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != 0x1b && b != '\f') {
                return false;
            }
        }
        for (int cut = 0; cut < Math.min(4, head.length); cut++) { // the last character may be cut
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(head, 0, head.length - cut));
                return true;
            } catch (CharacterCodingException e) {
                // Perhaps with a byte less.
            }
        }
        return false;
    }

    private static boolean isState(Path file) {
        try {
            return Safetensors.read(file).metadata().containsKey("state_version");
        } catch (IOException e) {
            return false;
        }
    }
}
