package org.bptt4j.card;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the tests of one class that have the tag "card", and says of each that fails why; a line of JSON at the end. */
public final class CardTests {
    private CardTests() {}

    /** CardTests CLASS: exit code 0 if there are some and all pass. */
    public static void main(String[] arguments) {
        System.exit(run(arguments[0], System.out) ? 0 : 1);
    }

    static boolean run(String name, PrintStream out) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(name))
                .filters(TagFilter.includeTags("card"))
                .build();
        Listener listener = new Listener(out);
        long start = System.nanoTime();
        LauncherFactory.create().execute(request, listener);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("kind", "tests");
        line.put("item", name);
        line.put("state", listener.failed > 0 || listener.passed == 0 ? "FAILED" : "ok");
        line.put("passed", listener.passed);
        line.put("failed", listener.failed);
        line.put("skipped", listener.skipped);
        line.put("seconds", Math.round((System.nanoTime() - start) / 1e8) / 10.0);
        out.println(JsonLines.line(line));
        return listener.failed == 0 && listener.passed > 0;
    }

    private static final class Listener implements TestExecutionListener {
        private final PrintStream out;
        private TestPlan plan;
        private long passed;
        private long failed;
        private long skipped;

        Listener(PrintStream out) {
            this.out = out;
        }

        @Override
        public void testPlanExecutionStarted(TestPlan started) {
            plan = started;
        }

        @Override
        public void executionSkipped(TestIdentifier test, String why) {
            skipped++;
            out.println("skipped " + name(test) + ": " + why);
        }

        /** A container fails, too: where what goes before all its tests does. */
        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            switch (result.getStatus()) {
                case SUCCESSFUL -> passed += test.isTest() ? 1 : 0;
                case ABORTED ->
                    executionSkipped(
                            test,
                            result.getThrowable().map(Throwable::getMessage).orElse("aborted"));
                case FAILED -> {
                    failed++;
                    out.println("FAILED " + name(test));
                    result.getThrowable().ifPresent(e -> e.printStackTrace(out));
                }
            }
        }

        /** With the names of what it is in: a parameterized test is called by its parameters only. */
        private String name(TestIdentifier test) {
            return plan.getParent(test)
                    .filter(parent -> parent.getParentId().isPresent())
                    .map(parent -> name(parent) + " " + test.getDisplayName())
                    .orElse(test.getDisplayName());
        }
    }
}
