#include "common.cuh"

// The rows of each symbol in ascending order, by a counting sort: its work grows with rows plus symbols. A warp walks a chunk of the
// rows in order, so that no two threads write the same count and equal symbols keep their order; no atomics.

/// visit(row, its symbol, the warp's lanes with that symbol) for the rows of this warp's chunk, 32 at a time.
template <typename Visit>
__device__ inline void eachRowOfChunk(const int* ids, int64 R, int64 rowsPerChunk, int64 chunk, Visit visit) {
    int64 from = chunk * rowsPerChunk;
    int64 to = from + rowsPerChunk < R ? from + rowsPerChunk : R;
#pragma unroll 1
    for (int64 r = from; r < to; r += COLS) {
        int64 row = r + threadIdx.x;
        int id = row < to ? ids[row] : -1;
        visit(row, id, __match_any_sync(FULL_WARP, id));
        __syncwarp();
    }
}

__device__ inline int64 chunkOfWarp() { return (int64)blockIdx.x * ROWS + threadIdx.y; }

/// Whether this is the last of `lanes`.
__device__ inline bool isLast(unsigned lanes) { return lanes >> threadIdx.x == 1; }

/// counts[c, i] = how many rows of chunk c have symbol i. ids [R] in, checked by the host; counts [chunks, I] out.
extern "C" __global__ void count_symbols(const int* ids, int64 R, int64 rowsPerChunk, int* counts, int64 chunks, int64 I) {
    int64 chunk = chunkOfWarp();
    if (chunk >= chunks) {
        return;
    }
    int* count = counts + chunk * I;
#pragma unroll 1
    for (int64 i = threadIdx.x; i < I; i += COLS) {
        count[i] = 0;
    }
    __syncwarp();
    eachRowOfChunk(ids, R, rowsPerChunk, chunk, [=](int64 row, int id, unsigned lanes) {
        if (id >= 0 && isLast(lanes)) {
            count[id] += __popc(lanes);
        }
    });
}

/// starts[i] = how many rows have a symbol below i; counts[c, i] = how many of i's rows are in chunks before c. By one block.
/// counts [chunks, I] in and out; starts [I + 1] out.
extern "C" __global__ void start_symbols(int* counts, int64 chunks, int64 I, int* starts) {
    __shared__ int sums[THREADS];
    int t = threadIdx.x;
    int before = 0;
    for (int64 first = 0; first < I; first += THREADS) {
        int64 i = first + t;
        int own = 0;
        for (int64 c = 0; i < I && c < chunks; c++) {
            int n = counts[c * I + i];
            counts[c * I + i] = own;
            own += n;
        }
        sums[t] = own;
        __syncthreads();
        for (int distance = 1; distance < THREADS; distance *= 2) {
            int left = t >= distance ? sums[t - distance] : 0;
            __syncthreads();
            sums[t] += left;
            __syncthreads();
        }
        if (i < I) {
            starts[i] = before + sums[t] - own;
        }
        before += sums[THREADS - 1];
        __syncthreads();
    }
    if (t == 0) {
        starts[I] = before;
    }
}

/// order[starts[i] …] = the rows of symbol i. ids [R] in; counts [chunks, I] in, of no use afterwards; starts [I] in; order [R] out.
extern "C" __global__ void order_rows(
    const int* ids, int64 R, int64 rowsPerChunk, int* counts, int64 I, const int* starts, int* order) {
    int64 chunk = chunkOfWarp();
    int* count = counts + chunk * I;
    eachRowOfChunk(ids, R, rowsPerChunk, chunk, [=](int64 row, int id, unsigned lanes) {
        int placed = id >= 0 ? count[id] : 0;
        __syncwarp();
        if (id >= 0) {
            order[starts[id] + placed + __popc(lanes & ((1u << threadIdx.x) - 1))] = (int)row;
            if (isLast(lanes)) {
                count[id] = placed + __popc(lanes);
            }
        }
    });
}
