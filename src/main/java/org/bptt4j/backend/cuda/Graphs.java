package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;

import java.util.Arrays;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;

/** The CUDA graphs of one shape of sweep, for 1, 2, 4 … steps, each recorded when it is first needed. */
final class Graphs implements AutoCloseable {
    private final CUstream stream;
    private final Tally tally;
    /** By the binary logarithm of the number of steps. */
    private final CUgraphExec[] executables = new CUgraphExec[Integer.SIZE];

    private final Tally.Held[] held = new Tally.Held[Integer.SIZE];

    Graphs(Device device) {
        this.stream = device.compute();
        this.tally = device.tally();
    }

    /** Launches the graph of so many steps, a power of two, after {@code launches} was recorded for it if there is none. */
    void launch(int steps, Runnable launches) {
        int place = Integer.numberOfTrailingZeros(steps);
        if (executables[place] == null) {
            CUgraph graph = new CUgraph();
            held[place] = tally.held(() -> record(launches, graph));
            executables[place] = instantiated(graph);
        }
        Status.driver("cuGraphLaunch", cuGraphLaunch(executables[place], stream));
        tally.launchGraph(held[place]);
    }

    /** Nothing runs while it is recorded. Other threads may do what they like with the device, for they have other streams. */
    private void record(Runnable launches, CUgraph graph) {
        Status.driver(
                "cuStreamBeginCapture",
                cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
        try {
            launches.run();
        } catch (RuntimeException | Error e) {
            if (cuStreamEndCapture(stream, graph) == CUresult.CUDA_SUCCESS) {
                cuGraphDestroy(graph);
            }
            throw e;
        }
        Status.driver("cuStreamEndCapture", cuStreamEndCapture(stream, graph));
    }

    private static CUgraphExec instantiated(CUgraph graph) {
        CUgraphExec executable = new CUgraphExec();
        int code = cuGraphInstantiate(executable, graph, 0);
        cuGraphDestroy(graph);
        Status.driver("cuGraphInstantiate", code);
        return executable;
    }

    boolean isEmpty() {
        return Arrays.stream(executables).allMatch(e -> e == null);
    }

    /** After all their work is done or lost; codes are not looked at. */
    @Override
    public void close() {
        for (int i = 0; i < executables.length; i++) {
            if (executables[i] != null) {
                cuGraphExecDestroy(executables[i]);
                executables[i] = null;
            }
        }
    }
}
