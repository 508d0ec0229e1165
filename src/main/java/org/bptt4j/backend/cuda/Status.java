package org.bptt4j.backend.cuda;

import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasStatus;
import org.bptt4j.backend.DeviceException;

/** The one place where status codes become exceptions. */
final class Status {
    private Status() {}

    /** JCuda returns codes, as {@link #driver} and {@link #blas} expect them; both must be loaded. */
    static void returnCodes() {
        JCudaDriver.setExceptionsEnabled(false);
        JCublas2.setExceptionsEnabled(false);
    }

    /** Throws unless a call of the driver succeeded. */
    static void driver(String call, int code) {
        if (code != CUresult.CUDA_SUCCESS) {
            throw new DeviceException(call, CUresult.stringFor(code), remedy(code));
        }
    }

    /** Throws unless a call of cuBLAS succeeded. */
    static void blas(String call, int code) {
        if (code != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw new DeviceException(call, cublasStatus.stringFor(code), blasRemedy(code));
        }
    }

    private static String remedy(int code) {
        return switch (code) {
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY ->
                "the device has no memory left; end the processes that hold it (nvidia-smi lists them)";
            case CUresult.CUDA_ERROR_NO_DEVICE ->
                "the driver sees no card; look at nvidia-smi and at CUDA_VISIBLE_DEVICES";
            case CUresult.CUDA_ERROR_INVALID_DEVICE ->
                "there is no card of that number; cuda:0 is the first, and CUDA_VISIBLE_DEVICES may hide some";
            case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE ->
                "another process has the card for itself; end it, or set the compute mode back with nvidia-smi -c 0";
            case CUresult.CUDA_ERROR_INVALID_PTX,
                    CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
                    CUresult.CUDA_ERROR_INVALID_IMAGE ->
                "the driver does not accept the kernels; update it to one for CUDA 12.0 (525.60) or newer";
            case CUresult.CUDA_ERROR_JIT_COMPILER_NOT_FOUND ->
                "libnvidia-ptxjitcompiler.so.1, a part of the driver, is missing; install it";
            case CUresult.CUDA_ERROR_JIT_COMPILATION_DISABLED ->
                "the kernels must be compiled for the card; unset CUDA_DISABLE_PTX_JIT";
            case CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU ->
                "the card is too old for the kernels, which need compute capability 7.5; use Backends.select(\"cpu\")";
            case CUresult.CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE ->
                "libcuda.so.1 is a cuda-compat package's, which this card does not take; take it off the library path";
            case CUresult.CUDA_ERROR_STUB_LIBRARY ->
                "libcuda.so.1 is a toolkit's stub; take its folder stubs off the library path";
            case CUresult.CUDA_ERROR_SYSTEM_NOT_READY -> "start the service nvidia-fabricmanager";
            case CUresult.CUDA_ERROR_OPERATING_SYSTEM ->
                "look whether you may open /dev/nvidia*, and whether the container was given the card";
            case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH ->
                "libcuda.so.1 and the driver in the kernel are of different versions; restart the machine";
            case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                    CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
                    CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
                    CUresult.CUDA_ERROR_LAUNCH_FAILED ->
                "what this process has on the device is lost; start again, and please report it. Backends.select(\"cpu\") works";
            case CUresult.CUDA_ERROR_LAUNCH_TIMEOUT ->
                "a display's watchdog stopped the work; use a card without a display, or a smaller batch";
            case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE, CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR ->
                "the card is faulty; look at nvidia-smi -q";
            case CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED ->
                "a CUDA graph could not be recorded, or another library records one; BackendOptions.withSweep(SweepForm.STEPS) does without";
            case CUresult.CUDA_ERROR_NOT_INITIALIZED, CUresult.CUDA_ERROR_UNKNOWN ->
                "the driver does not start; run nvidia-smi, and restart the machine if that fails too";
            default -> "please report it with what BackendProvider.diagnose finds; Backends.select(\"cpu\") works";
        };
    }

    private static String blasRemedy(int code) {
        return switch (code) {
            case cublasStatus.CUBLAS_STATUS_NOT_INITIALIZED, cublasStatus.CUBLAS_STATUS_ALLOC_FAILED ->
                "cuBLAS finds no memory on the device; end the processes that hold it (nvidia-smi lists them)";
            case cublasStatus.CUBLAS_STATUS_ARCH_MISMATCH ->
                "this libcublas does not know the card; install a newer one";
            case cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED ->
                "what this process has on the device is lost; start again, and please report it. Backends.select(\"cpu\") works";
            default -> "please report it with what BackendProvider.diagnose finds; Backends.select(\"cpu\") works";
        };
    }
}
