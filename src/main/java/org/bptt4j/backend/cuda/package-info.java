/**
 * The backend of NVIDIA cards: JCuda's driver interface, cuBLAS for products, and the kernels of {@code kernels/} as PTX.
 *
 * <p>{@link org.bptt4j.backend.cuda.CudaProvider} is what {@link java.util.ServiceLoader} finds; nothing native is touched before
 * it is asked whether it can run. The only package that knows JCuda.
 */
package org.bptt4j.backend.cuda;
