// Streams and events.
#include "driver/api.h"

using namespace softgpu;

namespace {

void create(void** stream, unsigned flags, int priority) {
    require(flags <= 1, "stream flags");
    auto s = std::make_unique<Stream>();
    s->context = &requireContext();
    s->flags = flags;
    s->blocking = flags == 0;
    s->priority = std::min(0, std::max(-5, priority));
    *stream = device().streams.add(std::move(s));
}

/** A wait or query on a stream that is being captured spoils the capture. */
void refuseCaptured(Stream& s, const char* call) {
    if (!s.capture) return;
    s.capture->invalid = true;
    throw Fault(STREAM_CAPTURE_UNSUPPORTED, std::string(call) + " on a stream that is being captured");
}

Event& usable(void* event, const char* call) {
    Event& e = device().events.get(event);
    if (e.capture && device().captures.count(e.capture.get())) {
        e.capture->invalid = true;
        throw Fault(CAPTURED_EVENT, std::string(call) + " of an event that was recorded in a capture");
    }
    return e;
}

}  // namespace

API int cuStreamCreate(void** stream, unsigned flags) {
    CALL(CurrentContext, { create(stream, flags, 0); });
}
API int cuStreamCreateWithPriority(void** stream, unsigned flags, int priority) {
    CALL(CurrentContext, { create(stream, flags, priority); });
}
API int cuStreamGetFlags(void* stream, unsigned* flags) {
    CALL(CurrentContext, { *flags = streamOf(stream).flags; });
}
API int cuStreamGetPriority(void* stream, int* priority) {
    CALL(CurrentContext, { *priority = streamOf(stream).priority; });
}

API int cuStreamDestroy_v2(void* stream) {
    CALL(CurrentContext, {
        Stream& s = device().streams.get(stream);
        if (s.capture) throw Fault(STREAM_CAPTURE_UNSUPPORTED, "cuStreamDestroy of a stream that is being captured");
        finish(s);
        device().streams.remove(stream);
    });
}

API int cuStreamSynchronize(void* stream) {
    CALL(CurrentContext, {
        Stream& s = streamOf(stream);
        refuseCaptured(s, "cuStreamSynchronize");
        if (&s == &requireContext().legacy) refuseImplicit("cuStreamSynchronize");
        device().counters.add("sync.stream");
        if (&s == &requireContext().legacy) submit(s, Work());  // waits for the blocking streams too
        finish(s);
    });
}

API int cuStreamQuery(void* stream) {
    CALL(CurrentContext, {
        Stream& s = streamOf(stream);
        refuseCaptured(s, "cuStreamQuery");
        device().counters.add("query.stream");
        if (!poll(s)) throw Fault(NOT_READY, "not ready");
    });
}

API int cuStreamWaitEvent(void* stream, void* event, unsigned) {
    CALL(CurrentContext, { waitFor(streamOf(stream), device().events.get(event)); });
}

API int cuEventCreate(void** event, unsigned flags) {
    CALL(CurrentContext, {
        require(flags <= 7, "event flags");
        auto e = std::make_unique<Event>();
        e->context = &requireContext();
        e->timing = !(flags & 2);
        *event = device().events.add(std::move(e));
    });
}

API int cuEventDestroy_v2(void* event) {
    CALL(CurrentContext, { device().events.remove(event); });
}

API int cuEventRecord(void* event, void* stream) {
    CALL(CurrentContext, { record(device().events.get(event), streamOf(stream)); });
}
API int cuEventRecordWithFlags(void* event, void* stream, unsigned) { return cuEventRecord(event, stream); }

API int cuEventSynchronize(void* event) {
    CALL(CurrentContext, {
        Event& e = usable(event, "cuEventSynchronize");
        device().counters.add("sync.event");
        if (e.marker) finish(e.marker);
    });
}

API int cuEventQuery(void* event) {
    CALL(CurrentContext, {
        Event& e = usable(event, "cuEventQuery");
        device().counters.add("query.event");
        if (!e.marker || e.marker->done) return;
        poll(*e.marker->stream);
        throw Fault(NOT_READY, "not ready");
    });
}

API int cuEventElapsedTime(float* milliseconds, void* from, void* to) {
    CALL(CurrentContext, {
        Event &a = usable(from, "cuEventElapsedTime"), &b = usable(to, "cuEventElapsedTime");
        if (!a.timing || !b.timing || !a.marker || !b.marker) throw Fault(INVALID_HANDLE, "an event without time");
        if (!a.marker->done || !b.marker->done) throw Fault(NOT_READY, "not ready");
        *milliseconds = std::chrono::duration<float, std::milli>(b.time - a.time).count();
    });
}
