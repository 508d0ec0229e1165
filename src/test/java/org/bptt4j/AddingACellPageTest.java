package org.bptt4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/adding-a-cell.md shows is in the files that it names, line by line. */
class AddingACellPageTest {
    private static final Path PAGE = Path.of("docs/adding-a-cell.md");
    /** A file's name in a line of its own, or a block of code; parts of a block that do not follow each other have a line "…" between them. */
    private static final Pattern FILE_OR_CODE =
            Pattern.compile("^`(?<file>src/[^`]+)`$|^```\\w+\n(?<code>.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    void codeIsThatOfTheFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        int blocks = 0;
        Matcher next = FILE_OR_CODE.matcher(Files.readString(PAGE));
        while (next.find()) {
            if (next.group("file") != null) {
                files.add(Path.of(next.group("file")));
                continue;
            }
            Path file = files.get(files.size() - 1);
            for (String part : next.group("code").split("(?m)^…\n")) {
                assertTrue(Files.readString(file).contains(part), () -> PAGE + " differs from " + file + ":\n" + part);
            }
            blocks++;
        }
        assertTrue(files.size() >= 5 && blocks >= files.size(), files + ", " + blocks + " blocks");
    }

    @Test
    void whatIsSaidToBeThereIsThere() throws IOException {
        String page = Files.readString(PAGE);
        for (String file : List.of("kernels/cell.cuh", "kernels/bptt4j.cu", "kernels/build.sh")) {
            assertTrue(page.contains(file) && Files.exists(Path.of(file)), file);
        }
        Path main = Path.of("src/main/java/org/bptt4j");
        for (String type : List.of("spec/Cell", "backend/cpu/CpuCells")) {
            assertTrue(page.contains(type) && Files.exists(main.resolve(type + ".java")), type);
        }
        Path test = Path.of("src/test/java/org/bptt4j");
        for (String type : List.of("backend/cuda/OwnCellTest", "AddedCellTest")) {
            assertTrue(page.contains(type) && Files.exists(test.resolve(type + ".java")), type);
        }
    }
}
