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
                "glibc | /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /t/libcuda.so.1) | with glibc 2.34 or newer",
                "glibc | /lib/libc.so.6: version `GLIBC_ABI_DT_RELR' not found (required by /t/libcublas.so.13) | with glibc 2.36 or newer",
                "glibc | /usr/lib/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by /t/libcublas.so.13) | newer libstdc++",
                "glibc | /t/libJCudaDriver.so: ld-linux-x86-64.so.2: cannot open shared object file: No such file | 2.17 or newer",
                "driver | /t/libJCudaDriver.so: libcuda.so.1: cannot open shared object file: No such file | install it",
                "cuBLAS | /t/libJCublas2.so: libcublas.so.12: cannot open shared object file: No such file | CUDA 12",
                "cuBLAS | /t/libcublas.so.13: libcublasLt.so.13: cannot open shared object file: No such | BackendOptions.withCudaLibraries",
                "JCuda natives | /t/libJCudaDriver.so: failed to map segment from shared object | java.io.tmpdir=DIR",
                "JCuda natives | /t/libJCudaDriver.so: cannot open shared object file: Permission denied | noexec",
                "step | libcuda.so.1: cannot open shared object file: Permission denied | permissions",
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
        Path eleven = Files.createFile(folder.resolve("libcublas.so.11"));
        UnsatisfiedLinkError error =
                new UnsatisfiedLinkError("/t/libJCublas2.so: libcublas.so.12: cannot open shared object file");
        String text = NativeErrors.explain(Natives.CUBLAS, error, folder).text();
        assertTrue(text.startsWith("there is no libcublas.so.12 and no libcublas.so.13 (but " + eleven), text);
        assertTrue(UserLibraries.check(folder).text().contains("libcublas.so.11"));
        String lt = NativeErrors.explain(
                        Natives.CUBLAS,
                        new UnsatisfiedLinkError("libcublasLt.so.13: cannot open shared object file"),
                        folder)
                .text();
        assertEquals("there is no libcublasLt.so.13 beside libcublas.so.13", lt);
    }

    @Test
    void aLibraryThatNeedsANewerGlibcIsNamedWithWhatItNeeds() {
        UnsatisfiedLinkError error = new UnsatisfiedLinkError(
                "/t/libcuda.so.1: /lib/libc.so.6: version `GLIBC_2.99' not found" + " (required by /t/libcuda.so.1)");
        String text = NativeErrors.explain(Natives.DRIVER, error, folder).text();
        assertEquals(
                "/t/libcuda.so.1 needs glibc 2.99, this system has "
                        + Glibc.version().orElse("an older one"),
                text);
    }

    @Test
    void aFolderWithoutLibrariesIsRefused() throws IOException {
        Finding none = UserLibraries.check(folder.resolve("none"));
        assertTrue(none.sentence().contains("BackendOptions.withCudaLibraries"), none.sentence());
        Finding empty = UserLibraries.check(folder);
        assertTrue(empty.text().contains("neither libcuda.so.1 nor libcublas.so.12 or 13"), empty.text());
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
