// A cuBLAS handle and what every call checks first.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "device/library.h"

#define API extern "C" __attribute__((visibility("default")))

namespace softgpu::blas {

enum Status { SUCCESS = 0, NOT_INITIALIZED = 1, ALLOC_FAILED = 3, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
enum MathMode { DEFAULT_MATH = 0, PEDANTIC_MATH = 2, TF32_MATH = 3, DISALLOW_REDUCED_PRECISION_REDUCTION = 16 };

struct Handle {
    void* stream = nullptr;
    bool ownWorkspace = false;
    int math = DEFAULT_MATH;
    bool devicePointers = false;
    bool atomics = false;
};

/** An operand in device memory, column by column. */
struct Matrix {
    const void* data;
    int64_t rows, columns, stride;
    int elementBytes = 4;
    uint64_t bytes() const {
        return rows <= 0 || columns <= 0 ? 0 : (uint64_t)((columns - 1) * stride + rows) * (uint64_t)elementBytes;
    }
};

/** A vector as the matrix of one row that it occupies. */
inline Matrix vectorOf(const void* x, int64_t n, int64_t increment) {
    return {x, 1, n, increment < 0 ? -increment : increment, 4};
}

/** Checks the handle, and that a test has not asked for a failure; a status, 0 to go on. */
int begin(const char* call, Handle* handle);
/** Refuses operands that are not in device memory. */
int checkOperands(const char* call, std::initializer_list<Matrix> operands);
/** Refuses a capture for which no workspace was set; then queues. */
int submit(Handle* handle, const std::string& counter, std::initializer_list<Matrix> operands, std::function<void()> action);
/** A factor: read now from the host, or from the device when the work runs. */
std::function<float()> scalar(const Handle* handle, const float* value);
int checkScalar(const char* call, const Handle* handle, const float* value);
/** Queues what leaves one number at `result`; waits for it if that is in host memory. */
int reduce(Handle* handle, const char* call, std::initializer_list<Matrix> operands, float* result, std::function<float()> compute);

}  // namespace softgpu::blas
