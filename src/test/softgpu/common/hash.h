// Numbers that look random and follow from what they are made of.
#pragma once
#include <cstdint>

namespace softgpu {

inline uint64_t hash(uint64_t sofar, uint64_t value) {
    uint64_t z = (sofar ^ value) + 0x9e3779b97f4a7c15u;  // SplitMix64
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

}  // namespace softgpu
