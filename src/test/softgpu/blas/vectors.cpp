// Vectors, and matrices with vectors: axpy, scal, copy, dot, nrm2, asum, gemv, ger, geam.
#include <cmath>

#include "blas/handle.h"

using namespace softgpu::blas;
using softgpu::library::Lock;

namespace {

/** First element of a strided vector: a negative increment walks it from its end. */
template <class T>
T* start(T* x, int64_t n, int64_t inc) { return inc < 0 ? x - (n - 1) * inc : x; }

int first(const char* call, Handle* h, std::initializer_list<Matrix> operands) {
    if (int status = begin(call, h)) return status;
    return checkOperands(call, operands);
}

}  // namespace

API int cublasSaxpy_v2(Handle* h, int n, const float* alpha, const float* x, int incx, float* y, int incy) {
    Lock lock;
    Matrix mx = vectorOf(x, n, incx), my = vectorOf(y, n, incy);
    if (int status = first(__func__, h, {mx, my})) return status;
    if (int status = checkScalar(__func__, h, alpha)) return status;
    auto factor = scalar(h, alpha);
    return submit(h, "cublasSaxpy", {mx, my}, [=] {
        const float a = factor(), *p = start(x, n, incx);
        float* q = start(y, n, incy);
        for (int64_t i = 0; i < n; i++) q[i * incy] = std::fma(a, p[i * incx], q[i * incy]);
    });
}

API int cublasSscal_v2(Handle* h, int n, const float* alpha, float* x, int incx) {
    Lock lock;
    Matrix mx = vectorOf(x, n, incx);
    if (int status = first(__func__, h, {mx})) return status;
    if (int status = checkScalar(__func__, h, alpha)) return status;
    if (n <= 0 || incx <= 0) return SUCCESS;
    auto factor = scalar(h, alpha);
    return submit(h, "cublasSscal", {mx}, [=] {
        const float a = factor();
        for (int64_t i = 0; i < n; i++) x[i * incx] *= a;
    });
}

API int cublasScopy_v2(Handle* h, int n, const float* x, int incx, float* y, int incy) {
    Lock lock;
    Matrix mx = vectorOf(x, n, incx), my = vectorOf(y, n, incy);
    if (int status = first(__func__, h, {mx, my})) return status;
    return submit(h, "cublasScopy", {mx, my}, [=] {
        const float* p = start(x, n, incx);
        float* q = start(y, n, incy);
        for (int64_t i = 0; i < n; i++) q[i * incy] = p[i * incx];
    });
}

API int cublasSdot_v2(Handle* h, int n, const float* x, int incx, const float* y, int incy, float* result) {
    Lock lock;
    Matrix mx = vectorOf(x, n, incx), my = vectorOf(y, n, incy);
    if (int status = first(__func__, h, {mx, my})) return status;
    return reduce(h, "cublasSdot", {mx, my}, result, [=] {
        const float *p = start(x, n, incx), *q = start(y, n, incy);
        double sum = 0;
        for (int64_t i = 0; i < n; i++) sum += (double)p[i * incx] * q[i * incy];
        return (float)sum;
    });
}

API int cublasSnrm2_v2(Handle* h, int n, const float* x, int incx, float* result) {
    Lock lock;
    Matrix mx = vectorOf(x, n, incx);
    if (int status = first(__func__, h, {mx})) return status;
    return reduce(h, "cublasSnrm2", {mx}, result, [=] {
        double sum = 0;
        for (int64_t i = 0; i < n && incx > 0; i++) sum += (double)x[i * incx] * x[i * incx];
        return (float)std::sqrt(sum);
    });
}

API int cublasSasum_v2(Handle* h, int n, const float* x, int incx, float* result) {
    Lock lock;
    Matrix mx = vectorOf(x, n, incx);
    if (int status = first(__func__, h, {mx})) return status;
    return reduce(h, "cublasSasum", {mx}, result, [=] {
        double sum = 0;
        for (int64_t i = 0; i < n && incx > 0; i++) sum += std::fabs(x[i * incx]);
        return (float)sum;
    });
}

API int cublasSgemv_v2(Handle* h, int trans, int m, int n, const float* alpha, const float* a, int lda, const float* x, int incx,
                       const float* beta, float* y, int incy) {
    Lock lock;
    if (int status = begin(__func__, h)) return status;
    if (trans < 0 || trans > 2 || m < 0 || n < 0 || lda < (m > 1 ? m : 1) || !incx || !incy) return INVALID_VALUE;
    const int64_t rows = trans ? n : m, columns = trans ? m : n;
    Matrix ma{a, m, n, lda}, mx = vectorOf(x, columns, incx), my = vectorOf(y, rows, incy);
    if (int status = checkOperands(__func__, {ma, mx, my})) return status;
    for (const float* q : {alpha, beta})
        if (int status = checkScalar(__func__, h, q)) return status;
    auto readAlpha = scalar(h, alpha), readBeta = scalar(h, beta);
    return submit(h, "cublasSgemv", {ma, mx, my}, [=] {
        const float al = readAlpha(), be = readBeta(), *p = start(x, columns, incx);
        float* q = start(y, rows, incy);
        for (int64_t i = 0; i < rows; i++) {
            float sum = 0;
            for (int64_t j = 0; j < columns; j++) sum = std::fma(trans ? a[j + i * lda] : a[i + j * lda], p[j * incx], sum);
            q[i * incy] = be == 0 ? al * sum : al * sum + be * q[i * incy];
        }
    });
}

API int cublasSger_v2(Handle* h, int m, int n, const float* alpha, const float* x, int incx, const float* y, int incy, float* a, int lda) {
    Lock lock;
    if (int status = begin(__func__, h)) return status;
    if (m < 0 || n < 0 || lda < (m > 1 ? m : 1) || !incx || !incy) return INVALID_VALUE;
    Matrix ma{a, m, n, lda}, mx = vectorOf(x, m, incx), my = vectorOf(y, n, incy);
    if (int status = checkOperands(__func__, {ma, mx, my})) return status;
    if (int status = checkScalar(__func__, h, alpha)) return status;
    auto factor = scalar(h, alpha);
    return submit(h, "cublasSger", {ma, mx, my}, [=] {
        const float al = factor(), *p = start(x, m, incx), *q = start(y, n, incy);
        for (int64_t j = 0; j < n; j++)
            for (int64_t i = 0; i < m; i++) a[i + j * lda] = std::fma(al * p[i * incx], q[j * incy], a[i + j * lda]);
    });
}

/** C = alpha op(A) + beta op(B); an operand whose factor is zero is not read. */
API int cublasSgeam(Handle* h, int ta, int tb, int m, int n, const float* alpha, const float* a, int lda, const float* beta, const float* b,
                    int ldb, float* c, int ldc) {
    Lock lock;
    if (int status = begin(__func__, h)) return status;
    auto least = [](int rows) { return rows > 1 ? rows : 1; };
    if (m < 0 || n < 0 || lda < least(ta ? n : m) || ldb < least(tb ? n : m) || ldc < least(m)) return INVALID_VALUE;
    for (const float* q : {alpha, beta})
        if (int status = checkScalar(__func__, h, q)) return status;
    if ((c == a && (ta || ldc != lda)) || (c == b && (tb || ldc != ldb))) return INVALID_VALUE;
    Matrix ma{a, ta ? n : m, ta ? m : n, lda}, mb{b, tb ? n : m, tb ? m : n, ldb}, mc{c, m, n, ldc};
    if (!h->devicePointers && *alpha == 0) ma.rows = 0;
    if (!h->devicePointers && *beta == 0) mb.rows = 0;
    if (int status = checkOperands(__func__, {ma, mb, mc})) return status;
    auto readAlpha = scalar(h, alpha), readBeta = scalar(h, beta);
    return submit(h, "cublasSgeam", {ma, mb, mc}, [=] {
        const float al = readAlpha(), be = readBeta();
        for (int64_t j = 0; j < n; j++)
            for (int64_t i = 0; i < m; i++) {
                float v = al == 0 ? 0 : al * (ta ? a[j + i * lda] : a[i + j * lda]);
                if (be != 0) v += be * (tb ? b[j + i * ldb] : b[i + j * ldb]);
                c[i + j * ldc] = v;
            }
    });
}
