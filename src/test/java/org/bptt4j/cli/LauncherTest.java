package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher, with a java, a mvn and a locale that only say how they were called, in an environment of its own. */
class LauncherTest {
    /** Says its version as the JVM does, options that it picked up from the environment first, or how it was called. */
    private static final String JAVA = """
            #!/usr/bin/env bash
            [ -z "${JAVA_TOOL_OPTIONS:-}" ] || echo "Picked up JAVA_TOOL_OPTIONS: $JAVA_TOOL_OPTIONS" >&2
            [ "$1" != -version ] || { echo 'openjdk version "21.0.2" 2024-01-16' >&2; exit; }
            printf '%s\\n' "java LC_ALL=${LC_ALL-}" "$@"
            [ "${!#}" != doctor ] || echo "cache ${CUDA_CACHE_DISABLE-}|${CUDA_CACHE_PATH-}"
            """;

    private static final String MAVEN = """
            #!/usr/bin/env bash
            if [ "$1" = -v ]; then printf '\\033[1mApache Maven 3.8.7\\033[m\\n'; exit; fi
            printf '%s\\n' "mvn LC_ALL=${LC_ALL-} $PWD" > "${0%/*}/mvn.log"
            if [ -n "${BROKEN:-}" ]; then printf '\\033[1;31mwrong\\033[0m\\n'; printf '\\033[0m' >&2; exit 1; fi
            mkdir -p target
            touch target/bptt4j-1-cli.jar
            """;

    /** Gives the locale that is to be tried another name: bash complains of those that the machine of the test does not have. */
    private static final String ENV = """
            #!/usr/bin/env bash
            case $1 in
                LC_ALL=*) export TRIED=${1#LC_ALL=} && shift ;;
            esac
            exec "$@"
            """;

    /** Knows the locales of {@code $INSTALLED}, and complains as glibc's does. */
    private static final String LOCALE = """
            #!/usr/bin/env bash
            all=${TRIED:-${LC_ALL:-}}
            charmap=ANSI_X3.4-1968
            for name in "${all:-${LC_CTYPE:-${LANG:-C}}}" "${all:-${LC_TIME:-${LANG:-C}}}"; do
                case " C $INSTALLED " in
                    *" $name "*) ;;
                    *) echo "locale: Cannot set LC_ALL to default locale: No such file or directory" >&2 ;;
                esac
            done
            case " $INSTALLED " in
                *" ${all:-${LC_CTYPE:-${LANG:-C}}} "*)
                    case ${all:-${LC_CTYPE:-${LANG:-C}}} in
                        *.UTF-8) charmap=UTF-8 ;;
                        *@euro) charmap=ISO-8859-15 ;;
                    esac
                    ;;
            esac
            echo "$charmap"
            """;

    @TempDir
    private Path temporary;

    private Path bin;
    private String path;

    @BeforeEach
    void tools() throws IOException {
        bin = Files.createDirectory(temporary.resolve("bin"));
        path = bin + ":" + System.getenv("PATH");
        script("java", JAVA);
        script("javac", "#!/usr/bin/env bash\n");
        script("mvn", MAVEN);
        script("locale", LOCALE);
        script("env", ENV);
    }

    /** How Maven and the JVM are to read names: as UTF-8, unless the user has chosen something else that is there. */
    @ParameterizedTest
    @CsvSource({
        // installed, environment, LC_ALL as it is handed on (empty: as it was)
        "C.UTF-8, , C.UTF-8",
        "C.UTF-8, LANG=C, C.UTF-8",
        "C.UTF-8, LANG=POSIX, C.UTF-8",
        "C.UTF-8, LANG=C.UTF-8, ''",
        "C.UTF-8, LANG=en_US.UTF-8, C.UTF-8",
        "C.UTF-8, LANG=en_US.UTF-8 LC_ALL=, C.UTF-8",
        "C.UTF-8, LC_ALL=de_DE.UTF-8, C.UTF-8",
        "C.UTF-8, LANG=C.UTF-8 LC_CTYPE=UTF-8, C.UTF-8",
        "C.UTF-8, LANG=C.UTF-8 LC_TIME=de_DE.UTF-8, C.UTF-8",
        "C.UTF-8 de_DE@euro, LANG=de_DE@euro, ''",
        "C.UTF-8 de_DE@euro, LANG=de_DE@euro LC_TIME=fr_FR, de_DE@euro",
        "en_US.UTF-8, LANG=C, en_US.UTF-8",
    })
    void namesAreReadAsTheSystemGivesThem(String installed, String environment, String expected) throws Exception {
        Path checkout = checkout("checkout");
        List<String> settings = new ArrayList<>(List.of("INSTALLED=" + installed));
        settings.addAll(environment == null ? List.of() : List.of(environment.split(" ")));
        Run run = run(checkout, settings, "./bptt4j", "train");
        assertEquals("java LC_ALL=" + expected, run.lines().get(0), run.toString());
        assertEquals(
                "mvn LC_ALL=" + expected + " " + checkout,
                Files.readString(bin.resolve("mvn.log")).strip());
    }

    @Test
    void withoutTheLocaleCommandTheAsciiLocaleIsReplaced() throws Exception {
        Files.delete(bin.resolve("locale"));
        path = bin.toString();
        for (String tool :
                List.of("bash", "sed", "head", "find", "readlink", "dirname", "mkdir", "rm", "rmdir", "touch")) {
            script(tool, "#!/bin/sh\nexec " + where(tool) + " \"$@\"\n");
        }
        Run run = run(checkout("checkout"), List.of("LANG=C"), "./bptt4j", "train");
        assertEquals("java LC_ALL=C.UTF-8", run.lines().get(0), run.toString());
    }

    private static Path where(String tool) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CDPATH=..",
                "CDPATH=/",
                "GLOBIGNORE=*",
                "SHELLOPTS=noglob",
                "POSIXLY_CORRECT=1",
                "IFS=/",
                "JAVA_TOOL_OPTIONS=-Dx=\"a version \"12\"",
                "JAVA_TOOL_OPTIONS=-Dx\nopenjdk version \"12",
                "_JAVA_OPTIONS=-Dversion=\"12\"",
            })
    void whatAShellExportsChangesNothing(String setting) throws Exception {
        checkout("checkout");
        Run run = run(temporary, List.of(setting, "LANG=C"), "checkout/bptt4j", "train", "a  b");
        assertEquals(
                List.of(
                        "java LC_ALL=C.UTF-8",
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-jar",
                        temporary.resolve("checkout/target/bptt4j-1-cli.jar").toString(),
                        "train",
                        "a  b"),
                run.lines(),
                run.toString());
        assertEquals(List.of("bin", "checkout"), children(temporary));
    }

    @ParameterizedTest
    @ValueSource(strings = {"with spaces", "[a-z]*", "-dash", "quote'\"", "$HOME", "line feed\n", "back\\slash"})
    void aFolderOfAnyName(String name) throws Exception {
        Path checkout = checkout(name);
        Files.createDirectory(temporary.resolve("links"));
        Files.createSymbolicLink(temporary.resolve("links/-first"), Path.of("../second"));
        Files.createSymbolicLink(temporary.resolve("second"), checkout.resolve("bptt4j"));
        String jar = checkout.resolve("target/bptt4j-1-cli.jar").toString();
        for (List<String> command : List.of(
                List.of(checkout.resolve("bptt4j").toString()),
                List.of("./" + name + "/bptt4j"),
                List.of("links/-first"),
                List.of("bash", "second"))) {
            Run run = run(temporary, List.of(), command.toArray(String[]::new));
            assertTrue(run.out().contains("-jar\n" + jar + "\n"), run.toString());
        }
    }

    @Test
    void builtOnceAndAgainOnlyWhenASourceIsNewer() throws Exception {
        Path checkout = checkout("checkout");
        assertEquals(
                "building bptt4j…\n",
                run(checkout, List.of("LANG=C"), "./bptt4j").err());
        age(checkout);
        Path jar = checkout.resolve("target/bptt4j-1-cli.jar");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(2_000));
        assertEquals("", run(checkout, List.of(), "./bptt4j").err());
        Files.setLastModifiedTime(checkout.resolve("src/main/A.java"), FileTime.fromMillis(3_000));
        assertEquals("building bptt4j…\n", run(checkout, List.of(), "./bptt4j").err());
    }

    @Test
    void aFailedBuildIsSaidWithoutColours() throws Exception {
        Run run = run(checkout("checkout"), List.of("BROKEN=yes"), "./bptt4j", "--version");
        assertEquals("building bptt4j…\nwrong\nerror: the build failed, see above\n", run.err());
        assertEquals("", run.out());
        assertEquals(1, run.exitCode());
    }

    @ParameterizedTest
    @CsvSource({
        "'', false",
        "--version, false",
        "--help, false",
        "train --help, false",
        "train, true",
        "doctor, true",
        "generate --prompt=-h, true"
    })
    void theVectorModuleOnlyWhereSomethingIsComputed(String arguments, boolean expected) throws Exception {
        List<String> command = new ArrayList<>(List.of("./bptt4j"));
        command.addAll(arguments.isEmpty() ? List.of() : List.of(arguments.split(" ")));
        Run run = run(checkout("checkout"), List.of(), command.toArray(String[]::new));
        assertEquals(expected, run.out().contains("--add-modules\njdk.incubator.vector\n"), run.toString());
    }

    @Test
    void optionsForTheJvmAreSplitAndNothingElse() throws Exception {
        Path checkout = checkout("checkout");
        Files.createFile(checkout.resolve("-Dx=file"));
        Run run = run(checkout, List.of("BPTT4J_JAVA_OPTS=-Xmx1g  -Dx=*"), "./bptt4j", "--version");
        assertTrue(run.out().contains("\n-Xmx1g\n-Dx=*\n-jar\n"), run.toString());
    }

    /** OWN is a folder of this user's below TMPDIR: where the driver would keep nothing, and a card may be. */
    @ParameterizedTest
    @CsvSource({
        "HOME=HOME, |",
        "HOME=FILE, |OWN",
        "'', |OWN",
        "HOME=HOME CUDA_CACHE_DISABLE=1, |OWN",
        "HOME=HOME CUDA_CACHE_DISABLE=0, 0|",
        "HOME=FILE CUDA_CACHE_PATH=/x, |/x",
    })
    void compiledKernelsAreKept(String environment, String expected) throws Exception {
        Path checkout = checkout("checkout");
        String file = Files.createFile(temporary.resolve("file")).toString();
        List<String> settings = new ArrayList<>(List.of("TMPDIR=" + temporary, "BPTT4J_CUDA_LIBRARIES=/somewhere"));
        for (String setting : environment.split(" ")) {
            if (!setting.isEmpty()) {
                settings.add(setting.replace("=HOME", "=" + temporary).replace("=FILE", "=" + file));
            }
        }
        for (int round = 0; round < 2; round++) { // the folder is not there, and there
            Run run = run(checkout, settings, "./bptt4j", "doctor");
            String said = run.lines().get(run.lines().size() - 1);
            assertEquals("cache " + expected, said.replaceAll("\\|.*/bptt4j-kernels-\\d+$", "|OWN"), run.toString());
        }
    }

    @Test
    void aFolderOfAnothersIsNoPlaceForKernels() throws Exception {
        Path checkout = checkout("checkout");
        String user = run(checkout, List.of(), "bash", "-c", "echo $UID").out().strip();
        Files.createSymbolicLink(temporary.resolve("bptt4j-kernels-" + user), temporary);
        Run run =
                run(checkout, List.of("TMPDIR=" + temporary, "BPTT4J_CUDA_LIBRARIES=/somewhere"), "./bptt4j", "doctor");
        assertEquals("cache |", run.lines().get(run.lines().size() - 1), run.toString());
    }

    @Test
    void aJdkThatIsTooOldIsRefused() throws Exception {
        script("java", JAVA.replace("21.0.2", "11.0.2"));
        Run run = run(checkout("checkout"), List.of(), "./bptt4j", "--version");
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("java is version 11, bptt4j needs 17 or newer"), run.err());
        assertFalse(Files.exists(bin.resolve("mvn.log")));
    }

    private void script(String name, String text) throws IOException {
        Files.writeString(bin.resolve(name), text);
        Files.setPosixFilePermissions(bin.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path checkout(String name) throws IOException {
        Path checkout = temporary.toRealPath().resolve(name);
        Files.createDirectories(checkout.resolve("src/main"));
        Files.createFile(checkout.resolve("pom.xml"));
        Files.createFile(checkout.resolve("src/main/A.java"));
        Files.copy(Path.of("bptt4j"), checkout.resolve("bptt4j"));
        Files.setPosixFilePermissions(checkout.resolve("bptt4j"), PosixFilePermissions.fromString("rwxr-xr-x"));
        age(checkout);
        return checkout;
    }

    /** So that no answer depends on how fine the file system's clock is. */
    private static void age(Path checkout) throws IOException {
        for (String source : List.of("pom.xml", "src/main/A.java", "src/main")) {
            Files.setLastModifiedTime(checkout.resolve(source), FileTime.fromMillis(1_000));
        }
    }

    private static List<String> children(Path folder) throws IOException {
        try (var children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString())
                    .filter(name -> !name.endsWith(".txt"))
                    .sorted()
                    .toList();
        }
    }

    private Run run(Path folder, List<String> settings, String... command) throws Exception {
        Path out = temporary.resolve("out.txt");
        Path err = temporary.resolve("err.txt");
        // An empty environment but for this: env starts the command with it, bash included.
        List<String> line = new ArrayList<>(List.of("/usr/bin/env", "-i", "PATH=" + path));
        line.addAll(settings);
        line.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        int exitCode = builder.start().waitFor();
        return new Run(exitCode, Files.readString(out), Files.readString(err));
    }

    private record Run(int exitCode, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }
}
