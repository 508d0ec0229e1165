// A module of its own, which the driver compiles only where it is wanted.
#include "persistent.cuh"

// H ≤ 32·TILES: all of W_hh in one block, so that blocks, each with some rows of the batch, know nothing of each other.
//
// Warp w makes the units w·OUT … w·OUT+OUT-1, OUT = 4·TILES; its lane l holds the weights of the inputs l, l+32, …: the first
// IN_REGISTERS units in registers, the rest in shared memory beside x_p and x_{p+1}.

template <int TILES, int IN_REGISTERS>
struct Single {
    enum { WIDTH = LANES * TILES, OUT = WIDTH / WARPS, REST = OUT - IN_REGISTERS };
    enum { AT_ONCE = OUT < GROUP ? OUT : GROUP, SHARES = LANES / AT_ONCE };

    float w[IN_REGISTERS][TILES];
    float* rest;
    int thread, warp, lane;

    /// rest is [REST][TILES][THREADS] in shared memory.
    __device__ void load(const Weight& weight, float* rest) {
        this->rest = rest;
        thread = threadIdx.x;
        warp = thread / LANES;
        lane = thread % LANES;
        int i = warp * OUT;
#pragma unroll
        for (int m = 0; m < IN_REGISTERS; m++) {
            weight.load(i + m, lane, LANES, w[m]);
        }
#pragma unroll 1
        for (int m = 0; m < REST; m++) {
            float row[TILES];
            weight.load(i + IN_REGISTERS + m, lane, LANES, row);
#pragma unroll
            for (int k = 0; k < TILES; k++) {
                rest[(m * TILES + k) * THREADS + thread] = row[k];
            }
        }
    }

    /// The warp's unit that this lane gets the sum of, or one ≥ WIDTH.
    __device__ int unit() const {
        int share = lane % SHARES;
        return share < OUT / AT_ONCE ? warp * OUT + share * AT_ONCE + lane / SHARES : WIDTH;
    }

    /// (W·x)_unit(), x [WIDTH] in shared memory.
    __device__ float product(const float* x) const {
        float v[TILES];
#pragma unroll
        for (int k = 0; k < TILES; k++) {
            v[k] = x[lane + k * LANES];
        }
        float result = 0;
#pragma unroll
        for (int g = 0; g < OUT / AT_ONCE; g++) {
            float sums[AT_ONCE] = {};
#pragma unroll
            for (int m = g * AT_ONCE; m < (g + 1) * AT_ONCE; m++) {
#pragma unroll
                for (int k = 0; k < TILES; k++) {
                    float weight = m < IN_REGISTERS ? w[m < IN_REGISTERS ? m : 0][k]
                                                    : rest[((m - IN_REGISTERS) * TILES + k) * THREADS + thread];
                    sums[m - g * AT_ONCE] = fmaf(weight, v[k], sums[m - g * AT_ONCE]);
                }
            }
            float sum = sumOverLanes(sums, lane);
            result = lane % SHARES == g ? sum : result;
        }
        return result;
    }
};

/// Block c sweeps the rows c·rows … of the batch. Dynamic shared memory: REST·TILES·THREADS + 2·rows·WIDTH floats.
template <int TILES, int IN_REGISTERS, typename Direction>
__device__ inline void sweepSingle(const Weight& weight, int64 rows, Direction direction) {
    typedef Single<TILES, IN_REGISTERS> Product;
    extern __shared__ float shared[];
    float* x = shared + Product::REST * TILES * THREADS;
    Product product;
    product.load(weight, shared);
    int64 first = blockIdx.x * rows;
    int count = (int)(direction.B - first < rows ? direction.B - first : rows);
    int i = product.unit();
    bool owner = i < weight.H;
    for (int at = threadIdx.x; at < 2 * count * Product::WIDTH; at += THREADS) {
        x[at] = 0;
    }
    __syncthreads();
    typename Direction::Fetched next = {};
    if (owner) {
        direction.own(i);
        for (int r = 0; r < count; r++) {
            x[r * Product::WIDTH + i] = direction.start(first + r);
        }
        next = direction.fetch(1, first);
    }
    __syncthreads();
    float* from = x;
    float* to = x + count * Product::WIDTH;
#pragma unroll 1
    for (int64 p = 0; p < direction.steps; p++) {
#pragma unroll 1
        for (int r = 0; r < count; r++) {
            // What the next sum needs comes while this one is made: the next row's, or the first row's of the next step.
            typename Direction::Fetched fetched = next;
            bool lastRow = r + 1 == count;
            if (owner && !(lastRow && p + 1 == direction.steps)) {
                next = direction.fetch(lastRow ? p + 2 : p + 1, lastRow ? first : first + r + 1);
            }
            float sum = product.product(from + r * Product::WIDTH);
            if (owner) {
                to[r * Product::WIDTH + i] = direction.finish(p + 1, first + r, sum, fetched);
            }
        }
        // Of x there are two, so that one barrier is enough: x_{p+2} takes the place of x_p only after the next.
        __syncthreads();
        float* swap = from;
        from = to;
        to = swap;
    }
}

#define SINGLE(WIDTH, IN_REGISTERS)                                                                                       \
    extern "C" __global__ void __launch_bounds__(THREADS, 1) single_forward_##WIDTH(                                      \
        const float* weight, int64 ldWeight, int64 H, int64 rows, float* states, int64 ld, int64 B, int64 steps,          \
        const float* biasIh, const float* biasHh, const int* lengths, const int* resets, int64 t0,                        \
        int64 relu) {                                                                                                     \
        sweepSingle<WIDTH / LANES, IN_REGISTERS>(                                                                         \
            Weight{weight, ldWeight, 1, H}, rows,                                                                         \
            Forward{states, ld, B, steps, biasIh, biasHh, lengths, resets, t0, relu});                                    \
    }                                                                                                                     \
    extern "C" __global__ void __launch_bounds__(THREADS, 1) single_backward_##WIDTH(                                     \
        const float* weight, int64 ldWeight, int64 H, int64 rows, float* d, int64 ldD, const float* h, int64 ldH,         \
        float* carry, int64 ldCarry, int64 B, int64 steps, const int* resets, int64 relu) {                               \
        sweepSingle<WIDTH / LANES, IN_REGISTERS>(                                                                         \
            Weight{weight, 1, ldWeight, H}, rows,                                                                         \
            Backward{d, ldD, h, ldH, carry, ldCarry, B, steps, resets, relu});                                            \
    }

SINGLE(32, 4)
SINGLE(64, 8)
SINGLE(128, 16)
SINGLE(192, 24)
SINGLE(256, 24)
