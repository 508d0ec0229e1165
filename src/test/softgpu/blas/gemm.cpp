// Matrix products: sgemm, its batched forms, and GemmEx.
#include <vector>

#include "blas/handle.h"
#include "blas/multiply.h"

using namespace softgpu::blas;
using softgpu::library::Lock;

namespace {

enum DataType { R_32F = 0, R_16F = 2, R_16BF = 14 };
enum ComputeType { COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_32F_FAST_16BF = 75, COMPUTE_32F_FAST_TF32 = 77 };

struct Shape {
    int ta, tb, m, n, k, lda, ldb, ldc;

    /** What cuBLAS documents as CUBLAS_STATUS_INVALID_VALUE. */
    bool valid() const {
        auto least = [](int rows) { return rows > 1 ? rows : 1; };
        return ta >= 0 && ta <= 2 && tb >= 0 && tb <= 2 && m >= 0 && n >= 0 && k >= 0 && lda >= least(ta ? k : m) &&
               ldb >= least(tb ? n : k) && ldc >= least(m);
    }
    std::string name(const char* type) const {
        return std::string("gemm.") + (ta ? 'T' : 'N') + (tb ? 'T' : 'N') + '.' + std::to_string(m) + 'x' + std::to_string(n) + 'x' +
               std::to_string(k) + '.' + type;
    }
};

struct Batch {
    long long a = 0, b = 0, c = 0;
    int count = 1;
};

constexpr int AMPERE = 80;  // the first capability with tensor cores for TF32 and bfloat16

/** Before Ampere the fast modes are plain float32. */
Element fast(Element e) { return softgpu::library::capability() >= AMPERE ? e : Element::Float; }

Element elementOf(const Handle* h) { return (h->math & 15) == TF32_MATH ? fast(Element::FloatAsTf32) : Element::Float; }

const char* typeName(Element e) {
    switch (e) {
        case Element::FloatAsTf32: return "tf32";
        case Element::FloatAsBfloat: return "bf16x";
        case Element::Bfloat: return "bf16";
        case Element::Half: return "f16";
        default: return "f32";
    }
}

/** The whole extent of a batch of matrices. */
Matrix extent(const void* p, int64_t rows, int64_t columns, int64_t ld, int64_t step, int count, int bytes) {
    Matrix one{p, rows, columns, ld, bytes};
    if (!one.bytes() || count == 0) return {p, 0, 0, 0, bytes};
    uint64_t elements = one.bytes() / (uint64_t)bytes + (uint64_t)((count - 1) * step);
    return {p, (int64_t)elements, 1, (int64_t)elements, bytes};
}

int gemm(const char* call, Handle* h, const Shape& s, const float* alpha, const void* a, const void* b, const float* beta, float* c,
         Element element, const Batch& batch) {
    Lock lock;
    if (int status = begin(call, h)) return status;
    if (!s.valid() || batch.count < 0 || batch.c < 0) {
        softgpu::library::complain(std::string(call) + ": an argument is not valid, " + s.name(typeName(element)));
        return INVALID_VALUE;
    }
    for (const float* q : {alpha, beta})
        if (int status = checkScalar(call, h, q)) return status;
    if (s.m == 0 || s.n == 0 || batch.count == 0) return SUCCESS;
    int bytes = elementBytes(element);
    Matrix ma = extent(a, s.ta ? s.k : s.m, s.ta ? s.m : s.k, s.lda, batch.a, batch.count, bytes);
    Matrix mb = extent(b, s.tb ? s.n : s.k, s.tb ? s.k : s.n, s.ldb, batch.b, batch.count, bytes);
    Matrix mc = extent(c, s.m, s.n, s.ldc, batch.c, batch.count, 4);
    if (int status = checkOperands(call, {ma, mb, mc})) return status;
    auto readAlpha = scalar(h, alpha), readBeta = scalar(h, beta);
    std::string name = s.name(typeName(element)) + (batch.count > 1 ? ".batch" + std::to_string(batch.count) : "");
    return submit(h, name, {ma, mb, mc}, [=] {
        float al = readAlpha(), be = readBeta();
        for (int q = 0; q < batch.count; q++)
            multiply({s.ta != 0, s.tb != 0, s.m, s.n, s.k, element, (const char*)a + q * batch.a * bytes, (const char*)b + q * batch.b * bytes,
                      s.lda, s.ldb, al, be, c + q * batch.c, s.ldc});
    });
}

}  // namespace

API int cublasSgemm_v2(Handle* h, int ta, int tb, int m, int n, int k, const float* alpha, const float* a, int lda, const float* b, int ldb,
                       const float* beta, float* c, int ldc) {
    return gemm(__func__, h, {ta, tb, m, n, k, lda, ldb, ldc}, alpha, a, b, beta, c, h ? elementOf(h) : Element::Float, {});
}

API int cublasSgemmStridedBatched(Handle* h, int ta, int tb, int m, int n, int k, const float* alpha, const float* a, int lda, long long sa,
                                  const float* b, int ldb, long long sb, const float* beta, float* c, int ldc, long long sc, int count) {
    return gemm(__func__, h, {ta, tb, m, n, k, lda, ldb, ldc}, alpha, a, b, beta, c, h ? elementOf(h) : Element::Float, {sa, sb, sc, count});
}

/** The arrays of pointers lie in device memory; they are read when the work runs. */
API int cublasSgemmBatched(Handle* h, int ta, int tb, int m, int n, int k, const float* alpha, const float* const* a, int lda,
                           const float* const* b, int ldb, const float* beta, float* const* c, int ldc, int count) {
    Lock lock;
    if (int status = begin(__func__, h)) return status;
    Shape s{ta, tb, m, n, k, lda, ldb, ldc};
    if (!s.valid() || count < 0) return INVALID_VALUE;
    for (const float* q : {alpha, beta})
        if (int status = checkScalar(__func__, h, q)) return status;
    Matrix pa{a, count, 1, count, 8}, pb{b, count, 1, count, 8}, pc{c, count, 1, count, 8};
    if (int status = checkOperands(__func__, {pa, pb, pc})) return status;
    auto readAlpha = scalar(h, alpha), readBeta = scalar(h, beta);
    Element element = elementOf(h);
    return submit(h, s.name(typeName(element)) + ".batch" + std::to_string(count), {pa, pb, pc}, [=] {
        for (int q = 0; q < count; q++) {
            Matrix ma{a[q], ta ? k : m, ta ? m : k, lda}, mb{b[q], tb ? n : k, tb ? k : n, ldb}, mc{c[q], m, n, ldc};
            for (auto& one : {ma, mb, mc})
                if (one.bytes()) softgpu::library::requireLive(one.data, one.bytes());
            multiply({ta != 0, tb != 0, m, n, k, element, a[q], b[q], lda, ldb, readAlpha(), readBeta(), c[q], ldc});
        }
    });
}

namespace {

/**
 * The element for types of A and B and a type of computation, as in the table of cublasGemmEx: the fast types are for operands of
 * float32 only. False where cuBLAS or this device does not know the combination; bfloat16 before Ampere is refused too, whatever
 * cuBLAS makes of it there.
 */
bool elementOf(const Handle* h, int typeA, int typeB, int compute, Element& e) {
    if (typeA != typeB) return false;
    bool plain = compute == COMPUTE_32F || compute == COMPUTE_32F_PEDANTIC;
    if (typeA == R_16BF) e = Element::Bfloat;
    else if (typeA == R_16F) e = Element::Half;
    else if (typeA != R_32F) return false;
    else if (compute == COMPUTE_32F_FAST_16BF) e = fast(Element::FloatAsBfloat);
    else if (compute == COMPUTE_32F_FAST_TF32) e = fast(Element::FloatAsTf32);
    else e = compute == COMPUTE_32F ? elementOf(h) : Element::Float;
    if (e == Element::Bfloat && softgpu::library::capability() < AMPERE) return false;
    return plain || (typeA == R_32F && (compute == COMPUTE_32F_FAST_16BF || compute == COMPUTE_32F_FAST_TF32));
}

/** cublasGemmAlgo_t: the default, 24 numbered ones, and the same for tensor cores. */
bool isAlgorithm(int a) { return (a >= -1 && a <= 23) || (a >= 99 && a <= 115); }

int gemmEx(const char* call, Handle* h, const Shape& s, const void* alpha, const void* a, int typeA, const void* b, int typeB,
           const void* beta, void* c, int typeC, int compute, int algorithm, const Batch& batch) {
    Element element = Element::Float;
    if (!isAlgorithm(algorithm)) return INVALID_VALUE;
    if (!h || typeC != R_32F || !elementOf(h, typeA, typeB, compute, element)) {
        softgpu::library::complain(std::string(call) + ": this combination of types is not implemented by the software device");
        return NOT_SUPPORTED;
    }
    return gemm(call, h, s, (const float*)alpha, a, b, (const float*)beta, (float*)c, element, batch);
}

}  // namespace

API int cublasGemmEx(Handle* h, int ta, int tb, int m, int n, int k, const void* alpha, const void* a, int typeA, int lda, const void* b,
                     int typeB, int ldb, const void* beta, void* c, int typeC, int ldc, int compute, int algorithm) {
    return gemmEx(__func__, h, {ta, tb, m, n, k, lda, ldb, ldc}, alpha, a, typeA, b, typeB, beta, c, typeC, compute, algorithm, {});
}

API int cublasGemmStridedBatchedEx(Handle* h, int ta, int tb, int m, int n, int k, const void* alpha, const void* a, int typeA, int lda,
                                   long long sa, const void* b, int typeB, int ldb, long long sb, const void* beta, void* c, int typeC,
                                   int ldc, long long sc, int count, int compute, int algorithm) {
    return gemmEx(__func__, h, {ta, tb, m, n, k, lda, ldb, ldc}, alpha, a, typeA, b, typeB, beta, c, typeC, compute, algorithm, {sa, sb, sc, count});
}

API int cublasSgemmEx(Handle* h, int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int typeA, int lda, const void* b,
                      int typeB, int ldb, const float* beta, void* c, int typeC, int ldc) {
    return gemmEx(__func__, h, {ta, tb, m, n, k, lda, ldb, ldc}, alpha, a, typeA, b, typeB, beta, c, typeC, COMPUTE_32F, -1, {});
}
