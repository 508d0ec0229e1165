package org.bptt4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bptt4j.ModelFile;
import org.bptt4j.io.SafetensorsException;
import picocli.CommandLine.Option;

/** The model of an earlier run. */
final class SavedModel {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "A run's folder, or a model file.")
    private Path given;

    /** The model's file: that of the run, or its last checkpoint if the run did not end. */
    Path file() {
        if (!Files.exists(given)) {
            throw new UsageException("--model " + given + ": there is no such folder or file");
        }
        if (!Files.isDirectory(given)) {
            return given;
        }
        Path model = given.resolve(RunFolder.MODEL);
        Path checkpoint = given.resolve(RunFolder.CHECKPOINT);
        if (Files.exists(model)) {
            return model;
        }
        if (Files.exists(checkpoint)) {
            return checkpoint;
        }
        Path above = given.toAbsolutePath().normalize().getParent();
        boolean inside = above != null && Files.exists(above.resolve(RunFolder.RUN));
        throw new UsageException(
                "--model " + given + ": the folder holds no " + RunFolder.MODEL + "; name the folder that train wrote"
                        + (inside ? ", " + given.resolve("..").normalize() : ""));
    }

    /** Reads it; a file of another kind is a {@link UsageException} that says what it is. */
    ModelFile read() throws IOException {
        Path file = file();
        try {
            return ModelFile.read(file);
        } catch (SafetensorsException e) {
            throw FileKind.explain(e, "--model", file, "name the run's folder or its " + RunFolder.MODEL);
        }
    }
}
