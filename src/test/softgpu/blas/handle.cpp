#include "blas/handle.h"

#include <algorithm>
#include <set>
#include <vector>

namespace softgpu::blas {
namespace {

std::set<Handle*>& handles() {
    static auto* all = new std::set<Handle*>;
    return *all;
}

bool known(Handle* h) { return handles().count(h) != 0; }

int refuse(const char* call, int status, const std::string& why) {
    library::complain(std::string(call) + ": " + why);
    return status;
}

}  // namespace

int begin(const char* call, Handle* handle) {
    if (!known(handle)) return refuse(call, NOT_INITIALIZED, "not a handle");
    if (!library::hasContext()) return refuse(call, EXECUTION_FAILED, "no usable context is current on this thread");
    if (library::failureDue()) return refuse(call, EXECUTION_FAILED, "failure that the test asked for");
    return SUCCESS;
}

int checkOperands(const char* call, std::initializer_list<Matrix> operands) {
    for (auto& m : operands) {
        if (!m.bytes()) continue;
        if ((uintptr_t)m.data % (uintptr_t)m.elementBytes)
            return refuse(call, INVALID_VALUE, "an operand is not aligned to its elements of " + std::to_string(m.elementBytes) + " bytes");
        if (library::holds(m.data, m.bytes())) continue;
        return refuse(call, EXECUTION_FAILED,
                      "an operand of " + std::to_string(m.bytes()) + " bytes is not in device memory: " + library::describe(m.data));
    }
    return SUCCESS;
}

int submit(Handle* handle, const std::string& counter, std::initializer_list<Matrix> operands, std::function<void()> action) {
    if (library::isCapturing(handle->stream) && !handle->ownWorkspace)
        return refuse("cuBLAS", ALLOC_FAILED, "a capture needs cublasSetWorkspace after cublasSetStream");
    std::vector<Matrix> live(operands);
    auto checked = [live, action = std::move(action)] {
        for (auto& m : live)
            if (m.bytes()) library::requireLive(m.data, m.bytes());
        action();
    };
    return library::submit(handle->stream, counter, checked) ? EXECUTION_FAILED : SUCCESS;
}

std::function<float()> scalar(const Handle* handle, const float* value) {
    if (handle->devicePointers) return [value] { return *value; };
    float now = *value;
    return [now] { return now; };
}

int checkScalar(const char* call, const Handle* handle, const float* value) {
    if (!value) return refuse(call, INVALID_VALUE, "a null scalar");
    if (handle->devicePointers) return checkOperands(call, {{value, 1, 1, 1, 4}});
    return library::owns(value) ? refuse(call, EXECUTION_FAILED, "a scalar in device memory, but the pointer mode is host") : SUCCESS;
}

int reduce(Handle* handle, const char* call, std::initializer_list<Matrix> operands, float* result, std::function<float()> compute) {
    int status = checkScalar(call, handle, result);
    if (!status) status = submit(handle, call, operands, [=] { *result = compute(); });
    if (status || handle->devicePointers) return status;
    return library::wait(handle->stream) ? EXECUTION_FAILED : SUCCESS;
}

}  // namespace softgpu::blas

using namespace softgpu::blas;
using softgpu::library::Lock;

namespace {

template <class F>
int with(const char* call, Handle* handle, F body) {
    Lock lock;
    if (!known(handle)) return refuse(call, NOT_INITIALIZED, "not a handle");
    return body();
}

}  // namespace

API int cublasCreate_v2(Handle** handle) {
    Lock lock;
    if (!handle) return INVALID_VALUE;
    if (!softgpu::library::hasContext()) return refuse(__func__, NOT_INITIALIZED, "no usable context is current on this thread");
    if (softgpu::library::failureDue()) return refuse(__func__, ALLOC_FAILED, "failure that the test asked for");
    *handle = new Handle;
    handles().insert(*handle);
    softgpu::library::count("cublas.handles", 1);
    return SUCCESS;
}

API int cublasDestroy_v2(Handle* handle) {
    return with(__func__, handle, [&] {
        handles().erase(handle);
        delete handle;
        return (int)SUCCESS;
    });
}

/** Takes the workspace away: the default one belongs to the stream that was set before. */
API int cublasSetStream_v2(Handle* handle, void* stream) {
    return with(__func__, handle, [&] {
        handle->stream = stream;
        handle->ownWorkspace = false;
        return (int)SUCCESS;
    });
}

API int cublasGetStream_v2(Handle* handle, void** stream) {
    return with(__func__, handle, [&] {
        *stream = handle->stream;
        return (int)SUCCESS;
    });
}

API int cublasSetWorkspace_v2(Handle* handle, void* workspace, size_t bytes) {
    return with(__func__, handle, [&] {
        if (bytes && (uintptr_t)workspace % 256) return refuse(__func__, INVALID_VALUE, "a workspace that is not aligned to 256 bytes");
        if (bytes && !softgpu::library::holds(workspace, bytes)) return refuse(__func__, INVALID_VALUE, "a workspace outside device memory");
        handle->ownWorkspace = true;
        return (int)SUCCESS;
    });
}

API int cublasSetMathMode(Handle* handle, int mode) {
    return with(__func__, handle, [&] {
        int kind = mode & 15;
        if (mode & ~(15 | DISALLOW_REDUCED_PRECISION_REDUCTION)) return (int)INVALID_VALUE;
        if (kind != DEFAULT_MATH && kind != PEDANTIC_MATH && kind != TF32_MATH && kind != 1) return (int)INVALID_VALUE;
        handle->math = mode;
        return (int)SUCCESS;
    });
}

API int cublasGetMathMode(Handle* handle, int* mode) {
    return with(__func__, handle, [&] {
        *mode = handle->math;
        return (int)SUCCESS;
    });
}

API int cublasSetPointerMode_v2(Handle* handle, int mode) {
    return with(__func__, handle, [&] {
        if (mode != 0 && mode != 1) return (int)INVALID_VALUE;
        handle->devicePointers = mode == 1;
        return (int)SUCCESS;
    });
}

API int cublasGetPointerMode_v2(Handle* handle, int* mode) {
    return with(__func__, handle, [&] {
        *mode = handle->devicePointers;
        return (int)SUCCESS;
    });
}

API int cublasSetAtomicsMode(Handle* handle, int mode) {
    return with(__func__, handle, [&] {
        if (mode != 0 && mode != 1) return (int)INVALID_VALUE;
        handle->atomics = mode == 1;
        return (int)SUCCESS;
    });
}

API int cublasGetAtomicsMode(Handle* handle, int* mode) {
    return with(__func__, handle, [&] {
        *mode = handle->atomics;
        return (int)SUCCESS;
    });
}

API int cublasGetVersion_v2(Handle*, int* version) {
    Lock lock;
    if (!version) return INVALID_VALUE;
    *version = softgpu::library::version();
    return SUCCESS;
}

API int cublasGetProperty(int which, int* value) {
    Lock lock;
    int v = softgpu::library::version();
    if (!value || which < 0 || which > 2) return INVALID_VALUE;
    *value = which == 0 ? v / 10000 : which == 1 ? v / 100 % 100 : v % 100;
    return SUCCESS;
}

API const char* cublasGetStatusName(int status) {
    switch (status) {
        case SUCCESS: return "CUBLAS_STATUS_SUCCESS";
        case NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
        case ALLOC_FAILED: return "CUBLAS_STATUS_ALLOC_FAILED";
        case INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
        case EXECUTION_FAILED: return "CUBLAS_STATUS_EXECUTION_FAILED";
        case NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
        default: return "CUBLAS_STATUS_UNKNOWN";
    }
}
API const char* cublasGetStatusString(int status) { return cublasGetStatusName(status); }
