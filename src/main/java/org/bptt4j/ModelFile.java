package org.bptt4j;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bptt4j.backend.Backend;
import org.bptt4j.bptt.Parameter;
import org.bptt4j.bptt.ParameterLayout;
import org.bptt4j.io.DType;
import org.bptt4j.io.DecimalNumber;
import org.bptt4j.io.Safetensors;
import org.bptt4j.io.SafetensorsException;
import org.bptt4j.io.Tensor;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.Require;
import org.bptt4j.spec.RnnSpec;

/**
 * A network in a safetensors file: parameters by PyTorch's names, and in the metadata {@code cell}, {@code layers}, {@code
 * input_size}, {@code hidden_size}, {@code output_size}, {@code bidirectional} ("true" or "false"), and if it is not 0 {@code dropout}, all as strings.
 *
 * @param spec the network
 * @param parameters values by name
 * @param metadata all metadata of the file
 */
public record ModelFile(RnnSpec spec, Map<String, float[]> parameters, Map<String, String> metadata) {
    private static final Logger LOG = System.getLogger(ModelFile.class.getName());

    /**
     * Reads and checks a whole file; an {@link IOException} names the file, the entry or tensor, and what was expected. Parameters that are
     * not finite are refused: nothing can be made of them. Where the file has a checksum that does not hold, as when another program
     * trained it further, the log has a warning.
     */
    public static ModelFile read(Path file) throws IOException {
        Safetensors tensors = Safetensors.read(Require.given(file, "file"));
        if (tensors.hasChecksum() && !tensors.checksumHolds()) {
            LOG.log(
                    Level.WARNING,
                    file + ": its checksum does not hold: the model was changed after it was written, or the file is"
                            + " damaged; it is used as it is");
        }
        RnnSpec spec = spec(file, tensors.metadata());
        Map<String, float[]> values = new HashMap<>();
        for (Parameter p : layout(file, spec, tensors.tensors().size()).parameters()) {
            values.put(p.name(), values(file, tensors, p.name(), p.shape()));
        }
        for (String name : tensors.tensors().keySet()) {
            if (!values.containsKey(name)) {
                throw new SafetensorsException(
                        file + ": tensor '" + name + "' is not a parameter of the network that the metadata describes");
            }
        }
        return new ModelFile(spec, values, tensors.metadata());
    }

    /** The values of a tensor that must be there, of this shape, F32 and finite. */
    static float[] values(Path file, Safetensors tensors, String name, long[] shape) throws SafetensorsException {
        Tensor tensor = tensors.tensors().get(name);
        if (tensor == null) {
            throw new SafetensorsException(
                    file + ": tensor '" + name + "' is missing, expected " + Arrays.toString(shape));
        }
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw new SafetensorsException(file + ": tensor '" + name + "' is " + Arrays.toString(tensor.shape())
                    + ", the metadata says " + Arrays.toString(shape));
        }
        if (tensor.dtype() != DType.F32) {
            throw new SafetensorsException(
                    file + ": tensor '" + name + "' is " + tensor.dtype() + ", parameters are F32");
        }
        float[] values = tensor.toFloats();
        String which = FiniteValues.first(values, shape);
        if (which != null) {
            throw new SafetensorsException(file + ": tensor '" + name + "' is not finite: element " + which
                    + "; take an earlier checkpoint, or train again with a lower learning rate");
        }
        return values;
    }

    /** A file of a few tensors cannot make us list the parameters of a billion layers. */
    static ParameterLayout layout(Path file, RnnSpec spec, int tensors) throws SafetensorsException {
        if (spec.layers() > tensors) {
            throw new SafetensorsException(file + ": the metadata says " + Count.of(spec.layers(), "layer")
                    + ", but the file has only " + Count.of(tensors, "tensor"));
        }
        try {
            return new ParameterLayout(spec);
        } catch (IllegalArgumentException e) {
            throw new SafetensorsException(file + ": metadata: " + e.getMessage(), e);
        }
    }

    /** The network that the metadata describes. */
    static RnnSpec spec(Path file, Map<String, String> metadata) throws SafetensorsException {
        String both = entry(file, metadata, "bidirectional");
        if (!both.equals("true") && !both.equals("false")) {
            throw new SafetensorsException(file + ": metadata bidirectional '" + both + "': must be true or false");
        }
        try {
            return new RnnSpec(
                    Cell.of(entry(file, metadata, "cell")),
                    number(file, metadata, "input_size"),
                    number(file, metadata, "hidden_size"),
                    number(file, metadata, "layers"),
                    number(file, metadata, "output_size"),
                    both.equals("true"),
                    dropout(file, metadata));
        } catch (IllegalArgumentException e) {
            throw new SafetensorsException(file + ": metadata: " + e.getMessage(), e);
        }
    }

    private static String entry(Path file, Map<String, String> metadata, String key) throws SafetensorsException {
        String value = metadata.get(key);
        if (value == null) {
            throw new SafetensorsException(file + ": the metadata lacks '" + key
                    + "'; a model file has cell, layers, input_size, hidden_size, output_size, bidirectional");
        }
        return value;
    }

    private static int number(Path file, Map<String, String> metadata, String key) throws SafetensorsException {
        String value = entry(file, metadata, key);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new SafetensorsException(file + ": metadata " + key + " '" + value + "' is not a whole number", e);
        }
    }

    private static double dropout(Path file, Map<String, String> metadata) throws SafetensorsException {
        String value = metadata.getOrDefault("dropout", "0");
        try {
            return DecimalNumber.parse(value);
        } catch (NumberFormatException e) {
            throw new SafetensorsException(file + ": metadata dropout '" + value + "' is not a number", e);
        }
    }

    /** The network on {@code backend}. */
    public Rnn toRnn(Backend backend) {
        return Rnn.of(Require.given(backend, "backend"), spec, parameters);
    }

    static void write(Path file, Rnn rnn, Map<String, String> more) throws IOException {
        Safetensors tensors = new Safetensors();
        put(tensors, rnn, "");
        putSorted(tensors, more);
        tensors.write(file);
    }

    /** Adds a caller's metadata, sorted: the order of {@code Map.of} differs from JVM to JVM, and equal content is to give equal files. */
    static void putSorted(Safetensors tensors, Map<String, String> metadata) {
        new TreeMap<>(metadata).forEach(tensors::putMetadata);
    }

    /**
     * Adds the network's description and its parameters; a {@link NonFiniteException} if one of them is not finite.
     *
     * @param when " after 20 updates", for that message
     */
    static void put(Safetensors tensors, Rnn rnn, String when) {
        RnnSpec spec = rnn.spec();
        tensors.putMetadata("cell", spec.cell().name());
        tensors.putMetadata("layers", Integer.toString(spec.layers()));
        tensors.putMetadata("input_size", Integer.toString(spec.inputSize()));
        tensors.putMetadata("hidden_size", Integer.toString(spec.hiddenSize()));
        tensors.putMetadata("output_size", Integer.toString(spec.outputSize()));
        tensors.putMetadata("bidirectional", Boolean.toString(spec.bidirectional()));
        if (spec.dropout() > 0) {
            tensors.putMetadata("dropout", Double.toString(spec.dropout()));
        }
        for (String name : rnn.parameterNames()) {
            float[] values = rnn.parameter(name);
            FiniteValues.require(name, when, values, rnn.parameterShape(name));
            tensors.put(name, values, rnn.parameterShape(name));
        }
    }

    /** The network it is, and how many parameters it has. */
    @Override
    public String toString() {
        long count = parameters.values().stream().mapToLong(p -> p.length).sum();
        return spec + ", " + Count.of(count, "parameter");
    }
}
