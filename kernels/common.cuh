// What all kernels share. One alphabet with the Java side: T steps, B batch rows, I inputs, H hidden units, O outputs,
// R rows, N columns, ld… the stride between the starts of two rows. All indices have 64 bits.
#pragma once

typedef long long int64;

/// Slots of the report, org.bptt4j.backend.Report.
enum { LOSS = 0, NORM = 1, COEFFICIENT = 2, NON_FINITE = 3, UPDATES = 4, CLAMPED = 5 };

/// A block is COLS threads along a row by ROWS rows, so that a warp reads 128 bytes in a piece.
enum { COLS = 32, ROWS = 8, THREADS = COLS * ROWS };

const unsigned FULL_WARP = 0xffffffffu;

// Loops over a matrix, not unrolled: each thread has few elements, and an unrolled loop begins with a long division.
//     for (r = firstRow(); r < R; r += rowStep()) for (j = firstCol(); j < N; j += colStep())
__device__ inline int64 firstRow() { return (int64)blockIdx.y * ROWS + threadIdx.y; }
__device__ inline int64 rowStep() { return (int64)gridDim.y * ROWS; }
__device__ inline int64 firstCol() { return (int64)blockIdx.x * COLS + threadIdx.x; }
__device__ inline int64 colStep() { return (int64)gridDim.x * COLS; }

// Loops over a vector: for (i = firstElement(); i < n; i += elementStep())
__device__ inline int64 firstElement() { return (int64)blockIdx.x * THREADS + threadIdx.x; }
__device__ inline int64 elementStep() { return (int64)gridDim.x * THREADS; }
