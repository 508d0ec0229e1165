package org.bptt4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.Tensor;
import org.bptt4j.spec.RnnSpec;

/**
 * The cases of one network in fixtures/product: all cells, depths and directions by initial states, lengths, losses and inputs. How
 * the file holds them is said in src/test/python/product.py.
 */
final class ProductFixture {
    private static final Path FOLDER = Fixture.FOLDER.resolve("product");

    private ProductFixture() {}

    /** The networks. */
    static List<String> names() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(p -> p.getFileName().toString())
                    .filter(n -> n.endsWith(".safetensors"))
                    .map(n -> n.substring(0, n.length() - ".safetensors".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All cases of a network; they share one model. */
    static List<Fixture> load(String network) throws IOException {
        Safetensors file = Safetensors.read(FOLDER.resolve(network + ".safetensors"));
        RnnSpec spec = Fixture.spec(file.metadata());
        Map<String, float[]> parameters = new LinkedHashMap<>();
        for (String name : file.metadata().get("parameters").split(" ", -1)) {
            parameters.put(name, file.tensor(name).toFloats());
        }
        ModelFile model = new ModelFile(spec, parameters, file.metadata());
        List<Fixture> cases = new ArrayList<>();
        for (String words : file.metadata().get("cases").split(",", -1)) {
            Set<String> has = Set.of(words.isEmpty() ? new String[0] : words.split(" ", -1));
            cases.add(new Fixture(
                    network + " " + words, model, batch(file, has), expected(file, cases.size(), parameters, has)));
        }
        return cases;
    }

    private static Safetensors batch(Safetensors file, Set<String> has) throws IOException {
        String padded = has.contains("lengths") ? "padded." : "";
        Safetensors batch = new Safetensors();
        if (has.contains("ids")) {
            Tensor ids = file.tensor(padded + "ids");
            batch.put("ids", ids.toInts(), ids.shape());
        } else {
            Tensor x = file.tensor(padded + "x");
            batch.put("x", x.toFloats(), x.shape());
        }
        for (String state : List.of("h0", "c0")) {
            if (has.contains("h0") && file.tensors().containsKey(state)) {
                batch.put(
                        state, file.tensor(state).toFloats(), file.tensor(state).shape());
            }
        }
        if (has.contains("lengths")) {
            batch.put(
                    "lengths",
                    file.tensor("lengths").toInts(),
                    file.tensor("lengths").shape());
        }
        Tensor targets = has.contains("last")
                ? file.tensor("targets." + loss(has) + ".last")
                : file.tensor(padded + "targets." + loss(has) + ".every");
        return has.contains("mse")
                ? batch.put("targets", targets.toFloats(), targets.shape())
                : batch.put("targets", targets.toInts(), targets.shape());
    }

    private static String loss(Set<String> has) {
        return has.contains("mse") ? "mse" : "cross-entropy";
    }

    /** Item {@code i} of all expected tensors. */
    private static Safetensors expected(Safetensors file, int i, Map<String, float[]> parameters, Set<String> has)
            throws IOException {
        Safetensors expected = new Safetensors();
        expected.putMetadata("loss", loss(has)).putMetadata("loss_at", has.contains("last") ? "last" : "every");
        for (Map.Entry<String, Tensor> entry : file.tensors().entrySet()) {
            if (!entry.getKey().startsWith("expected.")) {
                continue;
            }
            String name = entry.getKey().substring("expected.".length());
            float[] all = entry.getValue().toFloats();
            int length = all.length / (int) entry.getValue().shape()[0];
            if (name.equals("grad")) {
                int at = i * length;
                for (Map.Entry<String, float[]> p : parameters.entrySet()) {
                    put(expected, "grad." + p.getKey(), all, at, p.getValue().length);
                    at += p.getValue().length;
                }
            } else if (!name.equals("grad.x") || !has.contains("ids")) {
                put(expected, name, all, i * length, length);
            }
        }
        return expected;
    }

    private static void put(Safetensors to, String name, float[] all, int start, int length) {
        float[] values = new float[length];
        System.arraycopy(all, start, values, 0, length);
        to.put(name, values, length);
    }
}
