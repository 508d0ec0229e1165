package org.bptt4j.bptt;

import org.bptt4j.backend.Backend;
import org.bptt4j.backend.DeviceArray;
import org.bptt4j.backend.Matrix;
import org.bptt4j.spec.RnnSpec;

/** A network on a backend: its description and the two flat buffers of parameters and gradients, which it owns. */
public final class Network implements AutoCloseable {
    private final Backend backend;
    private final RnnSpec spec;
    private final ParameterLayout layout;
    private final Weights parameters;
    private final Weights gradients;
    private final Matrix allGradients;

    /** All parameters and gradients zero. */
    public Network(Backend backend, RnnSpec spec) {
        this.backend = backend;
        this.spec = spec;
        this.layout = new ParameterLayout(spec);
        this.parameters = new Weights(spec, layout, backend.allocate(layout.length()));
        try {
            this.gradients = new Weights(spec, layout, backend.allocate(layout.length()));
        } catch (RuntimeException e) {
            parameters.array().close();
            throw e;
        }
        // The buffer's length may pass an int, a matrix's columns may not: rows of one element.
        this.allGradients = new Matrix(gradients.array(), 0, layout.length(), 1, 1);
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

    /** The flat buffer of parameters. */
    public DeviceArray parameterArray() {
        return parameters.array();
    }

    /** The flat buffer of gradients. */
    public DeviceArray gradientArray() {
        return gradients.array();
    }

    Weights parameters() {
        return parameters;
    }

    Weights gradients() {
        return gradients;
    }

    /** Sets every gradient to zero. */
    public void zeroGradients() {
        backend.fill(allGradients, 0f);
    }

    @Override
    public void close() {
        gradients.array().close();
        parameters.array().close();
    }
}
