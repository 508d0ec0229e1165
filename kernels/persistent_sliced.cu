// A module of its own, which the driver compiles only where it is wanted.
#include "persistent.cuh"

// H ≤ 256·TILES: each block holds the weights of some units, all blocks of a group of rows work on the same vectors, and a barrier
// follows each step. To be launched cooperatively.
//
// Thread j of a block holds the weights of the inputs j, j+256, … for all units of the block: the first IN_REGISTERS units in
// registers, the rest in shared memory. So a block reads each element of x once, and no shared memory for it.

/// Waits until all `blocks` blocks of the group have come here for the phase-th time, and sees what they wrote before.
/// arrived counts from zero over the whole launch.
__device__ inline void groupBarrier(unsigned long long* arrived, int64 blocks, int64 phase) {
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        atomicAdd(arrived, 1ull);
        while (*(volatile unsigned long long*)arrived < (unsigned long long)(blocks * phase)) {
        }
        __threadfence();
    }
    __syncthreads();
}

template <int TILES, int IN_REGISTERS>
struct Slice {
    float w[IN_REGISTERS][TILES];
    float* rest;
    int units, thread;

    /// The units first … first+units-1, units a multiple of GROUP. rest is [units-IN_REGISTERS][TILES][THREADS] in shared memory.
    __device__ void load(const Weight& weight, int64 first, int units, float* rest) {
        this->rest = rest;
        this->units = units;
        thread = threadIdx.x;
#pragma unroll
        for (int m = 0; m < IN_REGISTERS; m++) {
            if (m < units) {
                weight.load(first + m, thread, THREADS, w[m]);
            }
        }
#pragma unroll 1
        for (int m = IN_REGISTERS; m < units; m++) {
            float row[TILES];
            weight.load(first + m, thread, THREADS, row);
#pragma unroll
            for (int k = 0; k < TILES; k++) {
                rest[((m - IN_REGISTERS) * TILES + k) * THREADS + thread] = row[k];
            }
        }
    }

    /// v[k] = x[thread + k·THREADS], zero behind H.
    __device__ void input(const float* x, int64 H, float (&v)[TILES]) const {
#pragma unroll
        for (int k = 0; k < TILES; k++) {
            int64 j = thread + k * THREADS;
            v[k] = j < H ? __ldcg(x + j) : 0;
        }
    }

    /// sums[m] = this warp's part of (W·x)_m, from the part v of x.
    __device__ void products(const float (&v)[TILES], float* sums) const {
#pragma unroll
        for (int g = 0; g < IN_REGISTERS; g += GROUP) {
            if (g < units) {
                float parts[GROUP] = {};
#pragma unroll
                for (int m = 0; m < GROUP; m++) {
#pragma unroll
                    for (int k = 0; k < TILES; k++) {
                        parts[m] = fmaf(w[g + m][k], v[k], parts[m]);
                    }
                }
                put(parts, sums + g);
            }
        }
#pragma unroll 1
        for (int g = IN_REGISTERS; g < units; g += GROUP) {
            const float* weights = rest + (g - IN_REGISTERS) * TILES * THREADS + thread;
            float parts[GROUP] = {};
#pragma unroll
            for (int m = 0; m < GROUP; m++) {
#pragma unroll
                for (int k = 0; k < TILES; k++) {
                    parts[m] = fmaf(weights[(m * TILES + k) * THREADS], v[k], parts[m]);
                }
            }
            put(parts, sums + g);
        }
    }

    __device__ void put(float (&parts)[GROUP], float* sums) const {
        int lane = thread % LANES;
        float sum = sumOverLanes(parts, lane);
        int share = lane % (LANES / GROUP);
        // Hides from nvcc that the next groups ask the same: it would give the other lanes exchanges of their own.
        asm volatile("" : "+r"(share));
        if (share == 0) {
            sums[lane / (LANES / GROUP)] = sum;
        }
    }
};

/// Block (s, c) makes the units s·units … of the rows c·rows … of the batch. Dynamic shared memory: the rest of the weights, and
/// 2·atOnce·WARPS·units floats. arrived [gridDim.y] in: 0.
template <int TILES, int IN_REGISTERS, typename Direction>
__device__ inline void sweepSliced(
    const Weight& weight, int64 rows, Direction direction, int units, unsigned long long* arrived) {
    extern __shared__ float shared[];
    Slice<TILES, IN_REGISTERS> slice;
    int64 firstUnit = (int64)blockIdx.x * units;
    slice.load(weight, firstUnit, units, shared);
    arrived += blockIdx.y;
    int64 phase = 0;
    int64 first = blockIdx.y * rows;
    int count = (int)(direction.B - first < rows ? direction.B - first : rows);

    // Rows go in pieces in which each thread has one sum of parts to finish.
    int atOnce = THREADS / units < ROWS ? THREADS / units : ROWS;
    int myRow = slice.thread / units;
    int myUnit = slice.thread % units;
    bool owner = myRow < atOnce && firstUnit + myUnit < weight.H;
    if (owner) {
        direction.own(firstUnit + myUnit);
    }
    if (!Direction::STARTS_IN_MEMORY) {
        if (owner) {
            for (int r = myRow; r < count; r += atOnce) {
                direction.start(first + r);
            }
        }
        groupBarrier(arrived, gridDim.x, ++phase);
    }
    int sumsOfPiece = atOnce * WARPS * units;
    float* sums = shared + (units > IN_REGISTERS ? (units - IN_REGISTERS) * TILES * THREADS : 0);
    float* otherSums = sums + sumsOfPiece;
#pragma unroll 1
    for (int64 p = 0; p < direction.steps; p++) {
        float next[TILES];
        slice.input(direction.x(p, first), weight.H, next);
#pragma unroll 1
        for (int piece = 0; piece < count; piece += atOnce) {
            int end = piece + atOnce < count ? piece + atOnce : count;
            bool mine = owner && piece + myRow < end;
            typename Direction::Fetched fetched = {};
            if (mine) {
                fetched = direction.fetch(p + 1, first + piece + myRow);
            }
#pragma unroll 1
            for (int r = piece; r < end; r++) {
                float v[TILES];
#pragma unroll
                for (int k = 0; k < TILES; k++) {
                    v[k] = next[k];
                }
                if (r + 1 < count) {
                    slice.input(direction.x(p, first + r + 1), weight.H, next);
                }
                slice.products(v, sums + ((r - piece) * WARPS + slice.thread / LANES) * units);
            }
            // Of the sums there are two, so that one barrier is enough: they are written again only after the next.
            __syncthreads();
            if (mine) {
                float sum = 0;
                for (int warp = 0; warp < WARPS; warp++) {
                    sum += sums[(myRow * WARPS + warp) * units + myUnit];
                }
                direction.finish(p + 1, first + piece + myRow, sum, fetched);
            }
            float* swap = sums;
            sums = otherSums;
            otherSums = swap;
        }
        if (p + 1 < direction.steps) {
            groupBarrier(arrived, gridDim.x, ++phase);
        }
    }
}

#define SLICED(WIDTH, IN_REGISTERS)                                                                                       \
    extern "C" __global__ void __launch_bounds__(THREADS, 1) sliced_forward_##WIDTH(                                      \
        const float* weight, int64 ldWeight, int64 H, int64 rows, float* states, int64 ld, int64 B, int64 steps,          \
        const float* biasIh, const float* biasHh, const int* lengths, const int* resets, int64 t0,                        \
        int64 relu, int64 units, unsigned long long* arrived) {                                                           \
        sweepSliced<WIDTH / THREADS, IN_REGISTERS>(                                                                       \
            Weight{weight, ldWeight, 1, H}, rows,                                                                         \
            Forward{states, ld, B, steps, biasIh, biasHh, lengths, resets, t0, relu}, (int)units, arrived);               \
    }                                                                                                                     \
    extern "C" __global__ void __launch_bounds__(THREADS, 1) sliced_backward_##WIDTH(                                     \
        const float* weight, int64 ldWeight, int64 H, int64 rows, float* d, int64 ldD, const float* h, int64 ldH,         \
        float* carry, int64 ldCarry, int64 B, int64 steps, const int* resets, int64 relu, int64 units,                    \
        unsigned long long* arrived) {                                                                                    \
        sweepSliced<WIDTH / THREADS, IN_REGISTERS>(                                                                       \
            Weight{weight, 1, ldWeight, H}, rows,                                                                         \
            Backward{d, ldD, h, ldH, carry, ldCarry, B, steps, resets, relu}, (int)units, arrived);                       \
    }

SLICED(256, 32)
SLICED(512, 32)
SLICED(1024, 32)
SLICED(1536, 24)
SLICED(2048, 16)
SLICED(2560, 16)
