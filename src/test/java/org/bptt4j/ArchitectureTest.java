package org.bptt4j;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows of the house: who may know whom, inside and outside. */
class ArchitectureTest {
    private static final String HOUSE = "org.bptt4j";
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(HOUSE);

    /**
     * Whom each package may know besides itself. Backends are found by ServiceLoader: nobody may name their packages, but for
     * the measurement of the machine's peak, which is no part of a backend.
     */
    private static final Map<String, List<String>> MAY_KNOW = Map.ofEntries(
            entry("spec", List.of()),
            entry("io", List.of()),
            entry("data", List.of("spec")),
            entry("data.tasks", List.of("data", "spec")),
            entry("report", List.of("io")),
            entry("backend", List.of("spec")),
            entry("backend.cpu", List.of("backend", "spec")),
            entry("backend.cuda", List.of("backend", "spec", "io")),
            entry("bptt", List.of("backend", "data", "spec")),
            entry("", List.of("bptt", "backend", "data", "spec", "io")),
            entry("cli", List.of("", "bptt", "backend", "data", "data.tasks", "spec", "io", "report")));

    @Test
    void everyPackageHasItsPlace() {
        Stream<String> packages = MAIN.stream().map(c -> c.getPackageName()).distinct();
        packages.forEach(p -> assertTrue(
                MAY_KNOW.keySet().stream().anyMatch(known -> p.equals(name(known))), p + " is not in the table"));
    }

    @Test
    void arrowsPointOneWay() {
        MAY_KNOW.forEach((from, allowed) -> {
            String[] others = MAY_KNOW.keySet().stream()
                    .filter(p -> !p.equals(from) && !allowed.contains(p))
                    .map(ArchitectureTest::name)
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(name(from))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(others).and(not(simpleName("PeakFlops"))))
                    .check(MAIN);
        });
    }

    private static String name(String brief) {
        return brief.isEmpty() ? HOUSE : HOUSE + "." + brief;
    }

    @Test
    void noCycles() {
        slices().matching("org.bptt4j.(**)").should().beFreeOfCycles().check(MAIN);
    }

    /** The library speaks to programs: its advice names methods, which the command line turns into options (OptionWords). */
    @Test
    void noMessageOfTheLibraryNamesAnOption() throws IOException {
        Pattern option = Pattern.compile("\"[^\"\\n]*--(?!add-modules)[a-z]");
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                if (!file.toString().contains("/cli/")) {
                    assertFalse(option.matcher(Files.readString(file)).find(), file + " names an option");
                }
            }
        }
    }

    /** A second vector shape in the JVM makes JDK 17 box every vector, 40 times slower (docs/decisions.md). */
    @Test
    void oneVectorShapeOnly() throws IOException {
        Pattern fixedShape = Pattern.compile("SPECIES_(64|128|256|512|MAX)|VectorShape|withLanes|withShape");
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> java = files.filter(f -> f.toString().endsWith(".java")).toList();
            assertTrue(java.size() > 50, "sources of the house: " + java.size());
            for (Path file : java) {
                assertFalse(fixedShape.matcher(Files.readString(file)).find(), file + " names a vector shape");
            }
        }
    }

    @Test
    void theVectorApiStaysInTheVectorClasses() {
        noClasses()
                .that(not(resideInAPackage("org.bptt4j.backend.cpu")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator..")
                .check(MAIN);
        classes()
                .that()
                .resideInAPackage(HOUSE + "..")
                .and()
                .haveNameNotMatching(".*(\\.Vector[A-Za-z]*|\\.PeakFlops|\\$Vector)(\\$.*)?")
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("jdk.incubator..")))
                .check(MAIN);
    }

    @Test
    void jcudaStaysInTheCudaBackend() {
        noClasses()
                .that(not(resideInAPackage("org.bptt4j.backend.cuda..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jcuda..")
                .check(MAIN);
    }

    @Test
    void theLibraryDoesNotNeedTheCommandLinesLibraries() {
        noClasses()
                .that(not(resideInAnyPackage("org.bptt4j.cli..", "org.bptt4j.report..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "picocli..", "org.knowm..", "me.tongfei..", "org.apache.commons.csv..", "org.slf4j..")
                .check(MAIN);
    }

    @Test
    void onlyTheCommandLinePrints() {
        noClasses()
                .that(not(resideInAPackage("org.bptt4j.cli..")))
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(MAIN);
        noClasses().should().callMethod(Throwable.class, "printStackTrace").check(MAIN);
    }
}
