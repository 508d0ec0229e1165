package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bptt4j.backend.Finding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the dynamic linker says, in the words of people; files that are in the way. */
class LoadingTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "glibc | /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /t/libJCublas2.so) | newer",
                "glibc | /t/libJCudaDriver.so: ld-linux-x86-64.so.2: cannot open shared object file: No such file | glibc 2.17",
                "driver | /t/libJCudaDriver.so: libcuda.so.1: cannot open shared object file: No such file | install it",
                "libcublas.so.12 | /t/libJCublas2.so: libcublas.so.12: cannot open shared object file: No such file | CUDA 12",
                "libcublas.so.12 | /t/libcublas.so.12: libcublasLt.so.12: cannot open shared object file: No such | BackendOptions.withCudaLibraries",
                "JCuda natives | /t/libJCudaDriver.so: failed to map segment from shared object | java.io.tmpdir=DIR",
                "JCuda natives | /t/libJCudaDriver.so: cannot open shared object file: Permission denied | noexec",
                "step | /t/libcublas.so.12: file too short | again",
                "step | /t/libJCublas2.so: undefined symbol: cublasUint8gemmBias | CUDA 12",
                "step | something new | install what is missing",
            })
    void eachMessageOfTheLinkerHasItsRemedy(String about, String message, String remedy) {
        Finding finding = NativeErrors.explain("step", new UnsatisfiedLinkError(message), folder);
        assertEquals(Finding.State.PROBLEM, finding.state());
        assertEquals(about, finding.name());
        assertTrue(finding.remedy().contains(remedy), finding.remedy());
    }

    @Test
    void cuBlasOfAnotherMajorVersionIsNamed() throws IOException {
        Path thirteen = Files.createFile(folder.resolve("libcublas.so.13"));
        UnsatisfiedLinkError error =
                new UnsatisfiedLinkError("/t/libJCublas2.so: libcublas.so.12: cannot open shared object file");
        String text = NativeErrors.explain(Natives.CUBLAS, error, folder).text();
        assertTrue(text.contains(thirteen.toString()), text);
        assertTrue(UserLibraries.check(folder).text().contains("libcublas.so.13"));
    }

    @Test
    void aFolderWithoutLibrariesIsRefused() throws IOException {
        Finding none = UserLibraries.check(folder.resolve("none"));
        assertTrue(none.sentence().contains("BackendOptions.withCudaLibraries"), none.sentence());
        Finding empty = UserLibraries.check(folder);
        assertTrue(empty.text().contains("neither libcuda.so.1 nor libcublas.so.12"), empty.text());
        Files.createFile(folder.resolve("libcublas.so.12"));
        assertNull(UserLibraries.check(folder));
    }

    /** JCuda would load it in place of its own. */
    @Test
    void aLeftoverOfAnotherVersionIsFound() throws IOException {
        String path = "/nowhere:" + folder;
        assertNull(UserLibraries.stale(path));
        Natives.unpack("JCublas2", folder);
        assertNull(UserLibraries.stale(path), "the same file is not in the way");
        Path stale = folder.resolve(Natives.fileName("JCudaDriver"));
        Files.writeString(stale, "of last year");
        Finding finding = UserLibraries.stale(path);
        assertTrue(finding.text().contains(stale.toString()), finding.text());
        assertEquals("delete it", finding.remedy());
    }
}
