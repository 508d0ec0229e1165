// Copies and fills, synchronous and in streams.
#include "driver/api.h"

using namespace softgpu;

namespace {

Work copyWork(CopyKind direction, uint64_t to, uint64_t from, size_t bytes, const char* label) {
    Work w;
    w.kind = Work::Copy;
    w.direction = direction;
    w.to = to;
    w.from = from;
    w.bytes = bytes;
    w.label = label;
    return w;
}

/** Through the default stream, as the synchronous calls go: streams made non-blocking are not waited for. */
void synchronous(const char* call, Work w) {
    if (w.bytes == 0 && w.kind == Work::Copy) return;
    refuseImplicit(call);
    Stream& s = requireContext().legacy;
    submit(s, std::move(w));
    finish(s);
}

bool isPinned(CopyKind direction, uint64_t to, uint64_t from, size_t bytes) {
    return device().isPinned((const void*)(direction == CopyKind::HostToDevice ? from : to), bytes);
}

/** Pageable memory: what goes to the device is staged at the call, what comes from it has come when the call returns. */
void asynchronous(CopyKind direction, uint64_t to, uint64_t from, size_t bytes, void* stream) {
    if (bytes == 0) return;
    Stream& s = streamOf(stream);
    bool host = direction != CopyKind::DeviceToDevice, pinned = host && isPinned(direction, to, from, bytes);
    Work w = copyWork(direction, to, from, bytes, !host ? "async" : pinned ? "async.pinned" : "async.pageable");
    if (!host || pinned) return submit(s, std::move(w));
    if (s.capture) throw Fault(STREAM_CAPTURE_UNSUPPORTED, "a copy of pageable memory in a capture: the graph would keep the pointer");
    if (direction == CopyKind::HostToDevice) {
        require(!device().memory.owns(from), "a device pointer as source in host memory");
        w.staged = std::make_shared<std::string>((const char*)from, bytes);
        return submit(s, std::move(w));
    }
    submit(s, std::move(w));
    finish(s);
}

Work fillWork(uint64_t to, uint32_t value, uint32_t width, size_t count) {
    require(to % width == 0, "a misaligned address");
    Work w;
    w.kind = Work::Fill;
    w.to = to;
    w.value = value;
    w.width = width;
    w.count = count;
    return w;
}

/** Asynchronous, in the default stream. */
void fillDefault(const char* call, uint64_t to, uint32_t value, uint32_t width, size_t count) {
    if (!count) return;
    refuseImplicit(call);
    submit(requireContext().legacy, fillWork(to, value, width, count));
}

void fillStream(uint64_t to, uint32_t value, uint32_t width, size_t count, void* stream) {
    if (count) submit(streamOf(stream), fillWork(to, value, width, count));
}

}  // namespace

API int cuMemcpyHtoD_v2(uint64_t to, const void* from, size_t bytes) {
    CALL(CurrentContext, { synchronous(__func__, copyWork(CopyKind::HostToDevice, to, (uint64_t)from, bytes, "sync")); });
}
API int cuMemcpyDtoH_v2(void* to, uint64_t from, size_t bytes) {
    CALL(CurrentContext, { synchronous(__func__, copyWork(CopyKind::DeviceToHost, (uint64_t)to, from, bytes, "sync")); });
}
API int cuMemcpyDtoD_v2(uint64_t to, uint64_t from, size_t bytes) {
    CALL(CurrentContext, {
        refuseImplicit("cuMemcpyDtoD");
        if (bytes) submit(requireContext().legacy, copyWork(CopyKind::DeviceToDevice, to, from, bytes, "sync"));
    });
}
API int cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, void* stream) {
    CALL(CurrentContext, { asynchronous(CopyKind::HostToDevice, to, (uint64_t)from, bytes, stream); });
}
API int cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, void* stream) {
    CALL(CurrentContext, { asynchronous(CopyKind::DeviceToHost, (uint64_t)to, from, bytes, stream); });
}
API int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void* stream) {
    CALL(CurrentContext, { asynchronous(CopyKind::DeviceToDevice, to, from, bytes, stream); });
}

API int cuMemsetD8_v2(uint64_t to, unsigned char value, size_t count) {
    CALL(CurrentContext, { fillDefault("cuMemsetD8", to, value, 1, count); });
}
API int cuMemsetD16_v2(uint64_t to, unsigned short value, size_t count) {
    CALL(CurrentContext, { fillDefault("cuMemsetD16", to, value, 2, count); });
}
API int cuMemsetD32_v2(uint64_t to, unsigned value, size_t count) {
    CALL(CurrentContext, { fillDefault("cuMemsetD32", to, value, 4, count); });
}
API int cuMemsetD8Async(uint64_t to, unsigned char value, size_t count, void* stream) {
    CALL(CurrentContext, { fillStream(to, value, 1, count, stream); });
}
API int cuMemsetD16Async(uint64_t to, unsigned short value, size_t count, void* stream) {
    CALL(CurrentContext, { fillStream(to, value, 2, count, stream); });
}
API int cuMemsetD32Async(uint64_t to, unsigned value, size_t count, void* stream) {
    CALL(CurrentContext, { fillStream(to, value, 4, count, stream); });
}
