package org.bptt4j.backend.cuda;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.Backends;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Precision;
import org.bptt4j.card.CardRun;

/** Backends of one card by form and precision, each opened when it is needed and kept: contexts, modules and handles are made once. */
final class CardBackends implements AutoCloseable {
    private record Key(CardForm form, Precision precision) {}

    private final Map<Key, CardForm.Opened> opened = new LinkedHashMap<>();
    private final boolean software;

    /** Loads the libraries, and tells {@code out} what device there is. */
    CardBackends(PrintStream out) {
        try (Backend backend = TestDevice.open()) {
            out.println(backend.description());
            software = backend.simulated();
        }
    }

    /** The run that a program's first two arguments tell: the file of results, and the seconds there are. */
    static CardRun run(String... arguments) throws IOException {
        return new CardRun(
                Path.of(arguments[0]),
                Double.parseDouble(arguments[1]),
                System.out,
                CardBackends::isLost,
                Runtime.getRuntime()::halt);
    }

    /** Whether a program plays the device. */
    boolean isSoftware() {
        return software;
    }

    CardForm.Opened get(CardForm form, Precision precision) throws CardRun.NotOffered {
        Key key = new Key(form, precision);
        CardForm.Opened known = opened.get(key);
        if (known == null) {
            known = form.open(precision);
            opened.put(key, known);
        }
        return known;
    }

    /** Whether the device does not work any more: then neither does a backend that is opened anew. */
    static boolean isLost() {
        try (Backend backend = Backends.select("cuda", TestDevice.options());
                DeviceArray array = backend.allocate(1)) {
            backend.download(array, 0, new float[1], 0, 1);
            return false;
        } catch (RuntimeException | LinkageError e) {
            return true;
        }
    }

    @Override
    public void close() {
        opened.values().forEach(CardForm.Opened::close);
        opened.clear();
    }
}
