/**
 * The CPU backend in pure Java.
 *
 * <p>{@link org.bptt4j.backend.cpu.CpuBackend} checks and delegates; the loops live in one class per operation; what differs
 * between a JVM with and without the vector module is {@link org.bptt4j.backend.cpu.Kernels}. This is the only package that
 * may import {@code jdk.incubator.vector}, and only its classes called {@code Vector…} do.
 */
package org.bptt4j.backend.cpu;
