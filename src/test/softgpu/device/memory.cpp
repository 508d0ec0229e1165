#include "device/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "common/fault.h"

namespace softgpu {
namespace {

constexpr uint64_t RESERVED = 1ull << 43;     // addresses, not memory
constexpr uint64_t GAP = 512, CHUNK = 64ull << 20, PAGE = 4096;
constexpr uint64_t FRESH = 16ull << 20;

uint64_t alignUp(uint64_t v, uint64_t to) { return (v + to - 1) / to * to; }

/** A file of 0xFF bytes. Mapped privately it is fresh memory, of which only what is written takes time and room. */
int freshBytes() {
    int file = memfd_create("softgpu", MFD_CLOEXEC);
    void* at = file < 0 || ftruncate(file, FRESH) ? MAP_FAILED : mmap(nullptr, FRESH, PROT_WRITE, MAP_SHARED, file, 0);
    if (at == MAP_FAILED) {
        fprintf(stderr, "softgpu: no memory file for what the device's memory holds at first\n");
        abort();
    }
    memset(at, 0xFF, FRESH);
    munmap(at, FRESH);
    return file;
}

}  // namespace

Memory::Memory() {
    void* at = mmap(nullptr, RESERVED, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) {
        fprintf(stderr, "softgpu: no room for the device's addresses\n");
        abort();
    }
    base = top = backed = alignUp((uint64_t)at, CHUNK);
    fresh = freshBytes();
}

Memory::~Memory() { close(fresh); }

void Memory::back(uint64_t to) {
    if (to <= backed) return;
    uint64_t end = alignUp(to, CHUNK);
    bool backing = end <= base + RESERVED - CHUNK;
    for (; backing && backed < end; backed += FRESH)
        backing = mmap((void*)backed, FRESH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, fresh, 0) != MAP_FAILED;
    if (!backing) throw Fault(OUT_OF_MEMORY, "the software device has no addresses left");
}

uint64_t Memory::allocate(uint64_t bytes, const void* owner) {
    uint64_t rounded = alignUp(bytes, GAP);
    if (rounded > capacity || usedBytes > capacity - rounded)
        throw Fault(OUT_OF_MEMORY, std::to_string(bytes) + " bytes asked for, " + std::to_string(capacity - std::min(capacity, usedBytes)) + " free");
    uint64_t at = top;
    back(at + rounded + GAP);
    top = at + rounded + GAP;
    live[at] = {bytes, owner};
    usedBytes += rounded;
    peak = std::max(peak, usedBytes);
    calls++;
    return at;
}

bool Memory::release(uint64_t address) {
    auto found = live.find(address);
    if (found == live.end()) return false;
    uint64_t bytes = found->second.bytes, from = alignUp(address, PAGE), to = (address + bytes) / PAGE * PAGE;
    if (to > from) madvise((void*)from, to - from, MADV_DONTNEED);
    usedBytes -= alignUp(bytes, GAP);
    freed[address] = bytes;
    live.erase(found);
    return true;
}

void Memory::releaseAll(const void* owner) {
    for (auto it = live.begin(); it != live.end();) {
        uint64_t at = it->first;
        bool mine = it->second.owner == owner;
        ++it;
        if (mine) release(at);
    }
}

simt::Range Memory::find(uint64_t address) const {
    auto after = live.upper_bound(address);
    if (after == live.begin()) return {};
    --after;
    return address < after->first + after->second.bytes ? simt::Range{after->first, after->first + after->second.bytes} : simt::Range{};
}

bool Memory::holds(uint64_t address, uint64_t bytes) const {
    return find(address).holds(address, address + bytes) && address + bytes >= address;
}

bool Memory::owns(uint64_t address) const { return address >= base && address < base + RESERVED; }

std::string Memory::describe(uint64_t address) const {
    if (!owns(address)) return address < PAGE ? "a null pointer" : "not an address of the device";
    auto within = [&](auto& map, auto bytesOf, const char* what) -> std::string {
        auto after = map.upper_bound(address);
        if (after == map.begin()) return "";
        --after;
        uint64_t bytes = bytesOf(after->second), offset = address - after->first;
        if (offset >= bytes + GAP) return "";
        return std::string("at offset ") + std::to_string(offset) + " of " + what + " of " + std::to_string(bytes) + " bytes";
    };
    std::string text = within(live, [](auto& a) { return a.bytes; }, "an allocation");
    if (text.empty()) text = within(freed, [](auto b) { return b; }, "a freed allocation");
    return text.empty() ? "outside every allocation" : text;
}

}  // namespace softgpu
