package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where libcublas is found, on made-up machines. */
class CublasLibraryTest {
    private static final String PIP12 = "lib/python3.11/site-packages/nvidia/cublas/lib";

    @TempDir
    Path root;

    private final Map<String, String> environment = new HashMap<>();

    /** A library with its libcublasLt beside it. */
    private Path complete(String folder, int major) throws IOException {
        return alone(folder, "libcublasLt.so." + major)
                .resolveSibling(alone(folder, CublasLibrary.name(major)).getFileName());
    }

    private Path alone(String folder, String file) throws IOException {
        return Files.writeString(Files.createDirectories(root.resolve(folder)).resolve(file), "");
    }

    private void set(String variable, String... folders) {
        environment.put(
                variable,
                String.join(
                        ":",
                        List.of(folders).stream()
                                .map(f -> root.resolve(f).toString())
                                .toList()));
    }

    private Optional<CublasLibrary> find() {
        return CublasLibrary.find(null, environment, root);
    }

    private void assertFound(Path file, int major, String why) {
        assertEquals(Optional.of(new CublasLibrary(file, major, why)), find());
    }

    @ParameterizedTest
    @CsvSource({
        "VIRTUAL_ENV, venv, venv/lib/python3.12/site-packages/nvidia/cublas/lib, 12, of the virtual environment VIRTUAL_ENV",
        "VIRTUAL_ENV, venv, venv/lib/python3.12/site-packages/nvidia/cu13/lib, 13, of the virtual environment VIRTUAL_ENV",
        "CONDA_PREFIX, conda/envs/x, conda/envs/x/lib, 12, of the conda environment CONDA_PREFIX",
        "CONDA_PREFIX, conda, conda/targets/x86_64-linux/lib, 13, of the conda environment CONDA_PREFIX",
        "CONDA_PREFIX, conda, conda/lib/python3.9/site-packages/nvidia/cublas/lib, 12, of the conda environment CONDA_PREFIX",
        "CUDA_HOME, cuda, cuda/lib64, 12, of the toolkit CUDA_HOME",
        "CUDA_PATH, cuda, cuda/targets/x86_64-linux/lib, 13, of the toolkit CUDA_PATH",
        "LD_LIBRARY_PATH, x, x, 12, on LD_LIBRARY_PATH",
        "HOME, home/me, home/me/.local/lib/python3.10/site-packages/nvidia/cublas/lib, 12, of the user's Python packages",
        "HOME, home/me, home/me/.pyenv/versions/3.11.7/lib/python3.11/site-packages/nvidia/cu13/lib, 13, of pyenv's 3.11.7",
        "NONE, x, usr/local/lib/python3.12/dist-packages/nvidia/cu13/lib, 13, of the system's Python packages",
        "NONE, x, usr/lib/python3/dist-packages/nvidia/cublas/lib, 12, of the system's Python packages",
        "NONE, x, usr/lib/x86_64-linux-gnu, 12, of the system's loader",
        "PYTHONPATH, p, p/nvidia/cu13/lib, 13, on PYTHONPATH",
        "NONE, x, usr/lib/cuda/lib64, 12, of the system's loader",
        "NONE, x, opt/cuda/lib64, 13, of the system's loader",
    })
    void eachPlace(String variable, String folder, String lib, int major, String why) throws IOException {
        set(variable, folder);
        assertEquals(Optional.empty(), find());
        assertFound(complete(lib, major), major, why);
    }

    @Test
    void theLoadersConfigurationIsRead() throws IOException {
        Path conf = alone("etc/ld.so.conf.d", "000_cuda.conf");
        Files.writeString(conf, "# a comment\n/srv/cuda/lib\n");
        assertFound(complete("srv/cuda/lib", 13), 13, "of the system's loader");
    }

    @Test
    void aToolkitIsNamed() throws IOException {
        Path old = complete("usr/local/cuda-12.8/lib64", 12);
        assertFound(old, 12, "of the toolkit " + root.resolve("usr/local/cuda-12.8"));
        Path newer = complete("usr/local/cuda-12.10/targets/x86_64-linux/lib", 12);
        assertFound(newer, 12, "of the toolkit " + root.resolve("usr/local/cuda-12.10"));
        Path set = complete("usr/local/cuda/lib64", 12);
        assertFound(set, 12, "of the toolkit " + root.resolve("usr/local/cuda"));
    }

    /** With the environment active or not: its bin is on PATH, and its python3 a link to the system's. */
    @Test
    void thePythonOnThePathTellsWhereItsPackagesAre() throws IOException {
        Path system = alone("usr/bin", "python3.11");
        assertTrue(system.toFile().setExecutable(true));
        Path bin = Files.createDirectories(root.resolve("venv/bin"));
        Files.createSymbolicLink(bin.resolve("python3"), system);
        environment.put("PATH", "relative:" + root.resolve("nothing") + ":" + bin + "::");
        Path ofSystem = complete("usr/lib/python3.11/dist-packages/nvidia/cublas/lib", 12);
        assertFound(ofSystem, 12, "of the python3 on PATH");
        Path ofVenv = complete("venv/" + PIP12, 12);
        assertFound(ofVenv, 12, "of the python3 on PATH");
    }

    @Test
    void cuda12ComesBefore13AndACompleteOneBeforeOneWithoutLt() throws IOException {
        set("VIRTUAL_ENV", "venv");
        set("LD_LIBRARY_PATH", "a", "b");
        Path lonely12 = alone("a", CublasLibrary.name(12));
        assertFound(lonely12, 12, "on LD_LIBRARY_PATH");
        Path thirteen = complete("b", 13);
        assertFound(thirteen, 13, "on LD_LIBRARY_PATH");
        Path twelve = complete("venv/" + PIP12, 12);
        assertFound(twelve, 12, "of the virtual environment VIRTUAL_ENV");
    }

    /** A library that is a link is complete where its target is. */
    @Test
    void theLtOfALinksTargetCounts() throws IOException {
        set("LD_LIBRARY_PATH", "links", "b");
        Path target = complete("real", 12);
        Path link = Files.createDirectories(root.resolve("links")).resolve(CublasLibrary.name(12));
        Files.createSymbolicLink(link, target);
        complete("b", 12);
        assertFound(link, 12, "on LD_LIBRARY_PATH");
        assertEquals(
                target.resolveSibling("libcublasLt.so.12"), find().orElseThrow().lt());
    }

    @Test
    void whatTheNamedFolderHasIsTaken() throws IOException {
        set("LD_LIBRARY_PATH", "a");
        complete("a", 12);
        Path named = Files.createDirectories(root.resolve("named"));
        assertEquals(
                "on LD_LIBRARY_PATH",
                CublasLibrary.find(named, environment, root).orElseThrow().why());
        Path thirteen = alone("named", CublasLibrary.name(13));
        assertEquals(
                Optional.of(new CublasLibrary(thirteen, 13, "in the folder that was named")),
                CublasLibrary.find(named, environment, root));
        alone("named", CublasLibrary.name(12));
        assertEquals(
                12, CublasLibrary.find(named, environment, root).orElseThrow().major());
    }

    @Test
    void severalPythonsTheNewestFirst() throws IOException {
        set("VIRTUAL_ENV", "venv");
        complete("venv/lib/python3.9/site-packages/nvidia/cublas/lib", 12);
        Path newest = complete("venv/lib/python3.13/site-packages/nvidia/cublas/lib", 12);
        assertFound(newest, 12, "of the virtual environment VIRTUAL_ENV");
    }

    /** Links to nothing, folders in place of files, files in place of folders. */
    @Test
    void whatIsNoLibraryIsPassedOver() throws IOException {
        set("LD_LIBRARY_PATH", "a", "b", "c");
        Files.createSymbolicLink(
                Files.createDirectories(root.resolve("a")).resolve(CublasLibrary.name(12)), root.resolve("gone"));
        Files.createDirectories(root.resolve("b").resolve(CublasLibrary.name(12)));
        alone(".", "c");
        alone("usr", "local");
        environment.put("CUDA_HOME", "");
        environment.put("VIRTUAL_ENV", "not/absolute");
        environment.put("CONDA_PREFIX", "/\0");
        assertEquals(Optional.empty(), find());
        assertFound(complete("usr/lib64", 12), 12, "of the system's loader");
    }
}
