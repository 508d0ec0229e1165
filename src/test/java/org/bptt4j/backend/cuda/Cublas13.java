package org.bptt4j.backend.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * For a machine that has CUDA 13 only: makes a JCublas2 that asks for libcublas.so.13, to be laid before JCuda's own on the class path.
 * Unsupported, and for measuring only: what is used of cuBLAS has the same C interface in both. The library made is JCuda's and
 * belongs on the machine where it was made.
 */
public final class Cublas13 {
    static final String OLD = "libcublas.so.12";
    static final String NEW = "libcublas.so.13";

    private Cublas13() {}

    /** Prints the folder of libcublas.so.13; nothing, with exit code 3, if there is none or libcublas.so.12 is there as well. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("usage: Cublas13 OUT [FOLDER-OF-CUDA-LIBRARIES]");
            System.exit(2);
        }
        Path folder = arguments.length > 1 ? Path.of(arguments[1]) : null;
        Optional<Path> found = UserLibraries.places(folder).stream()
                .map(place -> place.resolve(NEW).toAbsolutePath())
                .filter(Files::exists)
                .findFirst();
        if (found.isEmpty() || UserLibraries.findBlas(folder).isPresent()) {
            System.exit(3);
        }
        make(Path.of(arguments[0]));
        System.out.println(found.get().getParent());
    }

    /** {@code out} can lie on the class path. */
    static Path make(Path out) throws IOException {
        Path lib = Files.createDirectories(out.resolve("lib"));
        Files.deleteIfExists(lib.resolve(Natives.fileName("JCublas2")));
        Path file = Natives.unpack("JCublas2", lib);
        byte[] library = Files.readAllBytes(file);
        int[] changed = new Elf(library).retarget(OLD, NEW);
        if (!Arrays.equals(changed, new int[] {1, 1})) {
            throw new IllegalStateException(file + " names " + OLD + " " + changed[0] + " times, with " + changed[1]
                    + " versions, and not once as JCuda 12.6.0 does");
        }
        Files.write(file, library);
        return file;
    }
}
