package org.bptt4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bptt4j.ModelFile;
import picocli.CommandLine.Option;

/** The model of an earlier run. */
final class SavedModel {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "a run's folder, or a model file")
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
        if (!Files.exists(checkpoint)) {
            throw new UsageException("--model " + given + ": the folder holds no " + RunFolder.MODEL
                    + "; name the folder that train wrote");
        }
        return checkpoint;
    }

    ModelFile read() throws IOException {
        return ModelFile.read(file());
    }
}
