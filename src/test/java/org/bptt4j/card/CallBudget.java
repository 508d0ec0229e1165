package org.bptt4j.card;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.bptt4j.backend.cuda.TestDevice;
import org.bptt4j.softgpu.SoftGpu;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * Counts what the tests with the tag "card" ask of the software device, class by class, and fails a class that asks for more than
 * {@link CardBudget} has for it: on a card it might not end within its limit. Found by JUnit as a service. With {@code -Dbptt4j.write}
 * the counts of the classes that ran go into the table.
 */
public final class CallBudget
        implements BeforeAllCallback, TestInstancePreConstructCallback, AfterEachCallback, AfterAllCallback {
    private static final String TAG = "card";
    /** What the next test adds need not be written down at once. */
    private static final double SLACK = 1.25;

    private static final int FEW = 20;

    /** By the outermost class. */
    private static final Map<String, Map<Call, Long>> COUNTS = new TreeMap<>();
    /** The device's own counts before the test that runs, or null. */
    private static Map<Call, Long> before;

    @Override
    public void beforeAll(ExtensionContext context) {
        before = null;
        if (isTagged(context)) {
            TestDevice.keep();
        }
    }

    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
        // A nested class's instance comes after that of its outer one.
        if (before == null && isCounted(context)) {
            before = Call.counts(SoftGpu.totals());
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (before == null) {
            return;
        }
        if (hasTag(context)) {
            Map<Call, Long> after = Call.counts(SoftGpu.totals());
            Map<Call, Long> sum = COUNTS.computeIfAbsent(outermost(context), c -> new TreeMap<>());
            after.forEach((call, count) -> sum.merge(call, count - before.get(call), Long::sum));
        }
        before = null;
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        String name = context.getRequiredTestClass().getName();
        if (name.equals(outermost(context))) {
            TestDevice.release();
        }
        Map<Call, Long> counts = COUNTS.get(name);
        if (counts == null || counts.values().stream().allMatch(count -> count == 0)) {
            return;
        }
        if (System.getProperty("bptt4j.write") != null) {
            CardBudget.record(name, counts);
            return;
        }
        Map<Call, Long> budget = CardBudget.read().of(name);
        assertAll(
                name,
                counts.entrySet().stream()
                        .map(e -> () -> assertTrue(
                                e.getValue() <= SLACK * budget.get(e.getKey()) + FEW,
                                e.getKey() + ": " + e.getValue() + ", more than the budget of "
                                        + budget.get(e.getKey())
                                        + " and a quarter; save calls, or write the table anew ("
                                        + CardBudget.PAGE + " says how)")));
    }

    private static boolean isCounted(ExtensionContext context) {
        return !TestDevice.isCard() && isTagged(context) && Files.exists(SoftGpu.FOLDER.resolve("libcuda.so.1"));
    }

    /** Whether the class or what it is in has the tag, or one of its tests: only then may the device be loaded. */
    private static boolean isTagged(ExtensionContext context) {
        return hasTag(context)
                || Arrays.stream(context.getRequiredTestClass().getDeclaredMethods())
                        .anyMatch(m -> Arrays.stream(m.getAnnotationsByType(Tag.class))
                                .anyMatch(tag -> tag.value().equals(TAG)));
    }

    /** By its own tags or those of what it is in: under a class that runs with several parameters JUnit passes none on. */
    private static boolean hasTag(ExtensionContext context) {
        return context.getTags().contains(TAG)
                || context.getParent().map(CallBudget::hasTag).orElse(false);
    }

    /** The class that was asked for: a nested one may be declared in what it extends. */
    private static String outermost(ExtensionContext context) {
        ExtensionContext outer = context;
        for (ExtensionContext c = context; c != null; c = c.getParent().orElse(null)) {
            outer = c.getTestClass().isPresent() ? c : outer;
        }
        return outer.getRequiredTestClass().getName();
    }
}
