package org.bptt4j.softgpu;

import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static org.junit.jupiter.api.Assertions.assertEquals;

import jcuda.driver.CUDA_KERNEL_NODE_PARAMS;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUgraphNode;
import jcuda.driver.CUgraphNodeType;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.runtime.cudaStream_t;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Capture, replay, and what spoils a capture. */
@SuppressWarnings("try") // a Lab is there while it is open
class GraphsTest {
    private static final String DOUBLE_IT =
            Lab.text(1, "", "ld.global.u32 %r0, [%p0]; shl.b32 %r0, %r0, 1; st.global.u32 [%p0], %r0;");

    private static CUstream stream() {
        CUstream stream = new CUstream();
        Lab.check(cuStreamCreate(stream, 1));
        return stream;
    }

    private static void begin(CUstream stream) {
        Lab.check(cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    }

    private static CUgraphExec end(CUstream stream) {
        CUgraph graph = new CUgraph();
        Lab.check(cuStreamEndCapture(stream, graph));
        CUgraphExec exec = new CUgraphExec();
        Lab.check(cuGraphInstantiate(exec, graph, 0));
        Lab.check(JCudaDriver.cuGraphDestroy(graph));
        return exec;
    }

    @Test
    void whatIsCapturedRunsAtEachLaunchOnly() {
        try (Lab lab = new Lab()) {
            CUstream stream = stream();
            CUfunction kernel = Lab.kernel(DOUBLE_IT, "k");
            CUdeviceptr value = Lab.upload(3), copy = Lab.upload(0);
            begin(stream);
            Lab.check(Lab.launchIn(kernel, 1, 1, 0, stream, value));
            Lab.check(cuMemcpyDtoDAsync(copy, value, 4, stream));
            Lab.check(Lab.launchIn(kernel, 1, 1, 0, stream, value));
            long before = SoftGpu.counter("alive.graph-execs") + SoftGpu.counter("alive.graphs");
            CUgraphExec exec = end(stream);
            assertEquals(3, Lab.ints(value, 1)[0]);
            Lab.check(cuGraphLaunch(exec, stream));
            Lab.check(cuGraphLaunch(exec, stream));
            Lab.check(cuStreamSynchronize(stream));
            assertEquals(48, Lab.ints(value, 1)[0]);
            assertEquals(24, Lab.ints(copy, 1)[0]);
            assertEquals(2, SoftGpu.counter("graph.launch"));
            assertEquals(6, SoftGpu.counter("graph.nodes"));
            assertEquals(4, SoftGpu.counter("kernel.k"));
            Lab.check(JCudaDriver.cuGraphExecDestroy(exec));
            assertEquals(before, SoftGpu.counter("alive.graph-execs") + SoftGpu.counter("alive.graphs"));
        }
    }

    @Test
    void aKernelNodeGetsOtherParameters() {
        try (Lab lab = new Lab()) {
            CUstream stream = stream();
            CUfunction kernel = Lab.kernel(DOUBLE_IT, "k");
            CUdeviceptr one = Lab.upload(3), other = Lab.upload(5);
            begin(stream);
            Lab.check(Lab.launchIn(kernel, 1, 1, 0, stream, one));
            CUgraph graph = new CUgraph();
            Lab.check(cuStreamEndCapture(stream, graph));
            long[] count = {1};
            CUgraphNode[] nodes = {new CUgraphNode()};
            Lab.check(JCudaDriver.cuGraphGetNodes(graph, nodes, count));
            int[] type = {-1};
            Lab.check(JCudaDriver.cuGraphNodeGetType(nodes[0], type));
            assertEquals(CUgraphNodeType.CU_GRAPH_NODE_TYPE_KERNEL, type[0]);
            CUgraphExec exec = new CUgraphExec();
            Lab.check(cuGraphInstantiate(exec, graph, 0));
            Lab.check(cuGraphLaunch(exec, stream));
            CUDA_KERNEL_NODE_PARAMS parameters = new CUDA_KERNEL_NODE_PARAMS();
            parameters.func = kernel;
            parameters.gridDimX = parameters.gridDimY = parameters.gridDimZ = 1;
            parameters.blockDimX = parameters.blockDimY = parameters.blockDimZ = 1;
            parameters.kernelParams = Lab.parameters(other);
            Lab.check(JCudaDriver.cuGraphExecKernelNodeSetParams(exec, nodes[0], parameters));
            Lab.check(cuGraphLaunch(exec, stream));
            Lab.check(cuStreamSynchronize(stream));
            assertEquals(6, Lab.ints(one, 1)[0], "the first launch kept what it had");
            assertEquals(10, Lab.ints(other, 1)[0]);
            Lab.check(JCudaDriver.cuGraphDestroy(graph));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lazy", "eager", "random"})
    void aSecondStreamForksAndJoins(String order) {
        try (Lab lab = new Lab("streams=" + order)) {
            CUstream first = stream(), second = stream();
            CUevent fork = new CUevent(), join = new CUevent();
            JCudaDriver.cuEventCreate(fork, 2);
            JCudaDriver.cuEventCreate(join, 2);
            CUdeviceptr value = Lab.upload(1), copy = Lab.upload(0), last = Lab.upload(0);
            begin(first);
            Lab.check(cuMemsetD32Async(value, 5, 1, first));
            Lab.check(JCudaDriver.cuEventRecord(fork, first));
            Lab.check(JCudaDriver.cuStreamWaitEvent(second, fork, 0));
            Lab.check(cuMemcpyDtoDAsync(copy, value, 4, second));
            Lab.check(JCudaDriver.cuEventRecord(join, second));
            Lab.check(JCudaDriver.cuStreamWaitEvent(first, join, 0));
            Lab.check(cuMemcpyDtoDAsync(last, copy, 4, first));
            Lab.check(cuGraphLaunch(end(first), first));
            Lab.check(cuStreamSynchronize(first));
            assertEquals(5, Lab.ints(last, 1)[0]);
        }
    }

    @Test
    void aForkThatIsNotJoined() {
        try (Lab lab = new Lab()) {
            CUstream first = stream(), second = stream();
            CUevent fork = new CUevent();
            JCudaDriver.cuEventCreate(fork, 2);
            CUdeviceptr value = Lab.upload(1);
            begin(first);
            Lab.check(JCudaDriver.cuEventRecord(fork, first));
            Lab.check(JCudaDriver.cuStreamWaitEvent(second, fork, 0));
            Lab.check(cuMemsetD32Async(value, 5, 1, second));
            assertEquals(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNJOINED, cuStreamEndCapture(first, new CUgraph()));
        }
    }

    @Test
    void aWaitSpoilsTheCapture() {
        try (Lab lab = new Lab()) {
            CUstream stream = stream();
            begin(stream);
            assertEquals(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuStreamSynchronize(stream));
            assertEquals(CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(stream, new CUgraph()));
            begin(stream);
            assertEquals(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4));
            assertEquals(CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(stream, new CUgraph()));
            begin(stream);
            Lab.check(cuGraphLaunch(end(stream), stream));
        }
    }

    @Test
    void aProductIsCapturedIfItHasAWorkspace() {
        try (Lab lab = new Lab()) {
            CUstream stream = stream();
            cublasHandle handle = new cublasHandle();
            Lab.check(JCublas2.cublasCreate(handle));
            CUdeviceptr workspace = Lab.allocate(1 << 16), a = Lab.upload(2f), b = Lab.upload(3f), c = Lab.upload(1f);
            Lab.check(JCublas2.cublasSetWorkspace(handle, workspace, 1 << 16));
            Lab.check(JCublas2.cublasSetStream(handle, new cudaStream_t(stream))); // takes the workspace away
            begin(stream);
            assertEquals(3, BlasTest.gemm(handle, a, b, c, 1), "CUBLAS_STATUS_ALLOC_FAILED");
            Lab.check(JCublas2.cublasSetWorkspace(handle, workspace, 1 << 16));
            Lab.check(BlasTest.gemm(handle, a, b, c, 1));
            CUgraphExec exec = end(stream);
            Lab.check(cuGraphLaunch(exec, stream));
            Lab.check(cuGraphLaunch(exec, stream));
            Lab.check(cuStreamSynchronize(stream));
            assertEquals(13f, Lab.floats(c, 1)[0]);
            Lab.check(JCublas2.cublasDestroy(handle));
        }
    }
}
