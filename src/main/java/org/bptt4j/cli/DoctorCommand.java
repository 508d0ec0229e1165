package org.bptt4j.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bptt4j.Rnn;
import org.bptt4j.Trainer;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.BackendProvider;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.DeviceException;
import org.bptt4j.backend.Finding;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.data.Batch;
import org.bptt4j.spec.RnnSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What runs here and why not: one finding a line, with the remedy under each problem. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Say what runs here, and what to do about what does not. Exit code 0 when the chosen backend can train.")
final class DoctorCommand implements Callable<Integer> {
    private static final String VECTOR = "jdk.incubator.vector";

    @Spec
    private CommandSpec spec;

    @Mixin
    private BackendOption where;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        where.requireKind();
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("JDK", Runtime.version() + ", " + System.getProperty("java.vm.vendor")));
        findings.add(vectorModule());
        for (BackendProvider provider : Backends.providers()) {
            findings.addAll(provider.diagnose(Backends.options(where.name(), where.options())));
        }
        Finding training = training();
        findings.add(training);
        findings.replaceAll(DoctorCommand::inOptions);
        boolean canTrain = training.state() == Finding.State.OK;
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.line(object(findings, canTrain)));
        } else {
            findings.forEach(finding -> print(out, finding));
        }
        return canTrain ? 0 : Failure.IN_THE_WORK;
    }

    private static Finding inOptions(Finding finding) {
        return new Finding(
                finding.name(), finding.state(), OptionWords.of(finding.text()), OptionWords.of(finding.remedy()));
    }

    private static Finding vectorModule() {
        if (ModuleLayer.boot().findModule(VECTOR).isPresent()) {
            return Finding.ok("vector module", VECTOR);
        }
        return Finding.problem(
                "vector module",
                "the JVM runs without " + VECTOR + ", so that the CPU is two to three times slower",
                "start it with --add-modules " + VECTOR);
    }

    /** Not what could be, but what is: one training step of a small network. */
    private Finding training() {
        String name = "training";
        try (Backend backend = where.open();
                Rnn rnn = Rnn.create(backend, RnnSpec.of(2, 5, 3), 1);
                Trainer trainer = Trainer.of(rnn).build()) {
            Batch batch = Batch.symbols(4, 2, new int[8]).withTargets(new int[8]);
            double first = trainer.step(batch).loss();
            double second = trainer.step(batch).loss();
            return second < first
                    ? Finding.ok(name, "two steps on " + backend.description())
                    : Finding.problem(name, "the loss went from " + first + " to " + second, "please report it");
        } catch (BackendUnavailableException | DeviceException | OutOfDeviceMemoryException e) {
            return Finding.problem(name, e.getMessage(), null);
        }
    }

    private static void print(PrintWriter out, Finding finding) {
        String state = switch (finding.state()) {
            case OK -> "OK";
            case PROBLEM -> "PROBLEM";
            case UNKNOWN -> "?";
        };
        out.printf("%-16s %-8s %s%n", finding.name(), state, finding.text());
        if (finding.remedy() != null) {
            out.printf("%-16s %-8s remedy: %s%n", "", "", finding.remedy());
        }
    }

    private Map<String, Object> object(List<Finding> findings, boolean canTrain) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", finding.name());
            entry.put("state", finding.state().name().toLowerCase(Locale.ROOT));
            entry.put("text", finding.text());
            entry.put("remedy", finding.remedy());
            list.add(entry);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("backend", where.name());
        object.put("can_train", canTrain);
        object.put("findings", list);
        return object;
    }
}
