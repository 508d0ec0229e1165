package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bptt4j.WrongCalls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wrong inputs of the command line, of files and of the API: each gets its message, and docs/wrong-inputs.md is the table of
 * them. With {@code -Dbptt4j.write} it is written there.
 */
class WrongInputsTest {
    private static final Path DOCUMENT = Path.of("docs", "wrong-inputs.md");
    private static final Path LIST = Path.of("src", "test", "resources", "wrong-inputs.txt");
    private static final Pattern WORD = Pattern.compile("(?:\"[^\"]*\"|[^\\s\"])+");
    private static final Pattern JAVA = Pattern.compile(
            "\\b[A-Z][a-z]+[A-Z]\\w*(Exception|Error)\\b|org\\.bptt4j|\\bjava\\.(?!io\\.tmpdir)|Exception");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\n]]");
    /** "--remember 2: remembering up to 2 steps: must be …". */
    private static final Pattern VALUE_TWICE = Pattern.compile(
            "error: --[a-z-]+ '?([-+.\\dE]+|NaN)'?: [^:;]*(?<![\\w.])\\1(?![\\w.])[^:;]*:.*", Pattern.DOTALL);
    /** Options of the command line; those of the JVM are its own. */
    private static final Pattern OPTION = Pattern.compile("--(?!add-modules)[a-z]");

    @TempDir
    Path folder;

    private final List<String> faults = new ArrayList<>();
    private final List<String> table = new ArrayList<>();
    private List<String> files = List.of();
    private int cases;

    @Test
    void eachSaysWhatAndWhereAndWhatToDo() throws IOException {
        WrongInputFiles made = new WrongInputFiles(folder);
        List<String> list = Files.readAllLines(LIST);
        for (String line : list) {
            if (line.startsWith("file ")) {
                String[] parts = line.substring("file ".length()).split(" = ?", 2);
                made.text(parts[0], parts[1]);
            }
        }
        made.binary();
        files = listing();
        try (FolderLock lock = FolderLock.take(folder.resolve("locked/checkpoints/.lock"))) {
            for (String line : list) {
                if (line.startsWith("## ")) {
                    section(line, "exit code");
                } else if (line.matches("[12] \\|.*")) {
                    command(line);
                }
            }
        }
        section("## API", "exception");
        for (WrongCalls.Call call : WrongCalls.all(folder)) {
            call(call);
        }
        document();
        assertTrue(faults.isEmpty(), () -> faults.size() + " faults:\n" + String.join("\n", faults));
        assertTrue(cases >= 150, cases + " cases");
    }

    private void section(String heading, String code) {
        table.addAll(List.of("", heading, "", "| input | " + code + " | message |", "|---|---|---|"));
    }

    // ---- the command line -------------------------------------------------------------------------------------------

    private void command(String line) throws IOException {
        String[] parts = line.split(" \\| ", -1);
        String shown = parts[1].startsWith("=") ? parts[1].substring(1) : parts[1];
        List<String> args = new ArrayList<>(WORD.matcher(shown)
                .results()
                .map(m -> m.group().replace("\"", "").replace("@", folder + "/"))
                .toList());
        boolean addOut = !parts[1].startsWith("=") && !args.contains("--out");
        if (addOut && args.get(0).equals("train")) {
            args.addAll(List.of("--out", folder.resolve("new").toString(), "--progress", "none"));
            if (args.indexOf("--progress") != args.lastIndexOf("--progress")) {
                args.subList(args.size() - 2, args.size()).clear();
            }
        } else if (addOut && args.get(0).equals("gradients")) {
            args.addAll(List.of("--out", folder.resolve("new.safetensors").toString()));
        }
        CliRun run = CliRun.of(args);
        String message = run.err().replace(folder + "/", "").replace(folder.toString(), "the folder");
        row(shown.replace("@", ""), Integer.toString(run.exitCode()), message);
        expect(shown, Integer.parseInt(parts[0]) == run.exitCode(), "exit code " + run.exitCode(), message);
        expect(shown, message.startsWith("error: "), "no error", message);
        expect(shown, message.lines().count() <= 2, "more than two lines", message);
        for (String part : Arrays.asList(parts).subList(2, parts.length)) {
            expect(shown, message.contains(part), "'" + part + "' is missing", message);
        }
        expect(shown, !VALUE_TWICE.matcher(message).matches(), "its value twice", message);
        expect(shown, !JAVA.matcher(message).find(), "Java words", message);
        expect(shown, !CONTROL.matcher(message).find(), "control characters", message);
        expect(shown, run.out().isEmpty(), "a result", run.out());
        List<String> now = listing();
        expect(shown, files.equals(now), "files written", now.toString());
        files = now;
    }

    /** All files, but for locks. */
    private List<String> listing() throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(f -> !f.endsWith(".lock")).sorted().toList()) {
                files.add(file + (Files.isRegularFile(file) ? " " + Files.size(file) : ""));
            }
        }
        return files;
    }

    // ---- the API ----------------------------------------------------------------------------------------------------

    private void call(WrongCalls.Call call) {
        String what = "nothing was thrown";
        String message = "";
        try {
            call.code().execute();
        } catch (Throwable thrown) {
            what = thrown.getClass().getSimpleName();
            message = String.valueOf(thrown.getMessage()).replace(folder + "/", "");
        }
        row("`" + call.shown() + "`", what, message);
        expect(call.shown(), call.type().getSimpleName().equals(what), what, message);
        expect(call.shown(), message.contains(call.part()), "'" + call.part() + "' is missing", message);
        expect(call.shown(), message.lines().count() <= 2, "more than two lines", message);
        expect(call.shown(), !OPTION.matcher(message).find(), "an option of the command line", message);
        expect(call.shown(), !CONTROL.matcher(message).find(), "control characters", message);
    }

    // ---- both -------------------------------------------------------------------------------------------------------

    private void expect(String input, boolean holds, String fault, String message) {
        if (!holds) {
            faults.add(input + ": " + fault + ": " + message.strip());
        }
    }

    private void row(String input, String code, String message) {
        cases++;
        String line = message.strip()
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace("*", "\\*")
                .replace("|", "\\|")
                .replace("\n", "<br>");
        table.add("| " + input.replace("|", "\\|") + " | " + code + " | " + line + " |");
    }

    private void document() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "# Wrong inputs",
                "",
                cases
                        + " wrong inputs and what is said of each: what is wrong, where, and what to do. `WrongInputsTest` tries"
                        + " them and makes this page:",
                "",
                "    mvn test -Dtest=WrongInputsTest -Dbptt4j.write"));
        lines.addAll(table);
        if (System.getProperty("bptt4j.write") == null) {
            assertEquals(
                    lines, Files.readAllLines(DOCUMENT), "mvn test -Dtest=WrongInputsTest -Dbptt4j.write mends it");
        } else {
            Files.write(DOCUMENT, lines);
        }
    }
}
