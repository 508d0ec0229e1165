package org.bptt4j.bptt;

import java.util.List;
import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.backend.OutOfDeviceMemoryException;
import org.bptt4j.spec.Count;
import org.bptt4j.spec.RnnSpec;

/** A network on a backend: its description and the two flat buffers of parameters and gradients, which it owns. */
public final class Network implements AutoCloseable {
    private final Backend backend;
    private final RnnSpec spec;
    private final ParameterLayout layout;
    private final Weights parameters;
    private final Weights gradients;
    private final Matrix allGradients;
    /** Moves on whenever a parameter may change: what was computed with them holds as long as it stays. */
    private long version;

    private boolean closed;

    /** All parameters and gradients zero. */
    public Network(Backend backend, RnnSpec spec) {
        this.backend = backend;
        this.spec = spec;
        // Memory first: a billion layers do not fit, and to list them takes longer than anybody waits.
        List<DeviceArray> arrays = allocate(backend, spec);
        try {
            this.layout = new ParameterLayout(spec);
            this.parameters = new Weights(spec, layout, arrays.get(0));
            this.gradients = new Weights(spec, layout, arrays.get(1));
        } catch (RuntimeException | Error e) {
            arrays.forEach(DeviceArray::close);
            throw e;
        }
        // The buffer's length may pass an int, a matrix's columns may not: rows of one element.
        this.allGradients = new Matrix(gradients.array(), 0, layout.length(), 1, 1);
    }

    private static List<DeviceArray> allocate(Backend backend, RnnSpec spec) {
        long length = ParameterLayout.length(spec);
        DeviceArray first = null;
        try {
            first = backend.allocate(length);
            return List.of(first, backend.allocate(length));
        } catch (OutOfDeviceMemoryException e) {
            if (first != null) {
                first.close();
            }
            throw e.of(
                    "the " + length + " parameters of a network of " + Count.of(spec.layers(), "layer") + " of "
                            + Count.of(spec.hiddenSize(), "hidden unit") + ", and as many gradients",
                    "Use fewer hidden units (RnnSpec.hiddenSize) or layers (RnnSpec.layers)");
        }
    }

    public Backend backend() {
        return backend;
    }

    public RnnSpec spec() {
        return spec;
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** The flat buffer of parameters; who writes to it calls {@link #parametersChange} first. */
    public DeviceArray parameterArray() {
        requireOpen();
        return parameters.array();
    }

    /** The flat buffer of gradients. */
    public DeviceArray gradientArray() {
        requireOpen();
        return gradients.array();
    }

    /** The parameters are about to be written to: no backward sweep may use what was computed with them. */
    public void parametersChange() {
        requireOpen();
        version++;
    }

    /** Another number after every {@link #parametersChange}. */
    long version() {
        return version;
    }

    /** An {@link IllegalStateException} after {@link #close}. */
    public void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this Rnn is closed: its parameters and gradients are gone");
        }
    }

    Weights parameters() {
        return parameters;
    }

    Weights gradients() {
        return gradients;
    }

    /** Sets every gradient to zero. */
    public void zeroGradients() {
        requireOpen();
        backend.fill(allGradients, 0f);
    }

    @Override
    public void close() {
        closed = true;
        gradients.array().close();
        parameters.array().close();
    }
}
