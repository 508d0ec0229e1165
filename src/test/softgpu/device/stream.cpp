#include "device/stream.h"

#include <algorithm>

#include "device/device.h"

namespace softgpu {
namespace {

constexpr size_t LONGEST_QUEUE = 4096;  // a real device would have begun long before

std::vector<Stream*> streamsOf(Context& context) {
    std::vector<Stream*> all{&context.legacy};
    for (auto& s : device().streams)
        if (s.second->context == &context) all.push_back(s.first);
    return all;
}

/** What the legacy default stream orders: it waits for all blocking streams, and they for it. */
std::vector<OperationPointer> implicitDependencies(Stream& stream) {
    std::vector<OperationPointer> after;
    auto add = [&](const OperationPointer& o) {
        if (o && !o->done) after.push_back(o);
    };
    Context& context = *stream.context;
    if (&stream != &context.legacy) {
        if (stream.blocking) add(context.legacy.last);
        return after;
    }
    for (Stream* s : streamsOf(context))
        if (s != &stream && s->blocking) add(s->last);
    return after;
}

void perform(Operation& o) {
    Context& context = *o.stream->context;
    o.done = true;
    o.after.clear();
    if (context.sticky) return;  // nothing runs after a fault
    try {
        o.work.perform();
    } catch (const Fault& fault) {
        device().note(fault, &context);
        if (!context.sticky) context.sticky = fault.status;
    }
    o.work = Work();
}

void runHead(Stream& s) {
    while (!s.queue.empty()) {
        OperationPointer head = s.queue.front();
        auto waiting = std::find_if(head->after.begin(), head->after.end(), [](auto& o) { return !o->done; });
        if (waiting != head->after.end()) {
            runHead(*OperationPointer(*waiting)->stream);
            continue;
        }
        s.queue.pop_front();
        perform(*head);
        return;
    }
}

/** Other streams' work first, or mixed in at random: orders in which a missing wait shows the other way round. */
void others(Stream& stream) {
    StreamOrder order = device().settings.streamOrder();
    if (order == StreamOrder::Lazy) return;
    auto all = streamsOf(*stream.context);
    std::reverse(all.begin(), all.end());
    for (Stream* s : all) {
        if (s == &stream) continue;
        while (!s->queue.empty() && (order == StreamOrder::Eager || device().random() % 4)) runHead(*s);
    }
}

}  // namespace

void submit(Stream& stream, Work work) {
    work.check();
    if (stream.capture) return addCaptured(stream, std::move(work));
    auto o = std::make_shared<Operation>();
    o->work = std::move(work);
    o->stream = &stream;
    o->after = implicitDependencies(stream);
    stream.queue.push_back(o);
    stream.last = o;
    if (stream.queue.size() > LONGEST_QUEUE) runHead(stream);
}

void finish(const OperationPointer& operation) {
    if (operation->done) return;
    others(*operation->stream);
    while (!operation->done) {
        if (device().settings.streamOrder() == StreamOrder::Random) others(*operation->stream);
        runHead(*operation->stream);
    }
}

void finish(Stream& stream) {
    if (stream.last) finish(OperationPointer(stream.last));
}

void finishAll(Context& context) {
    auto all = streamsOf(context);
    if (device().settings.streamOrder() == StreamOrder::Eager) std::reverse(all.begin(), all.end());
    if (device().settings.streamOrder() == StreamOrder::Random) std::shuffle(all.begin(), all.end(), device().random);
    for (Stream* s : all) finish(*s);
}

bool poll(Stream& stream) {
    bool idle = stream.queue.empty();
    if (!idle) runHead(stream);
    return idle;
}

void record(Event& event, Stream& stream) {
    event.capture = stream.capture;
    event.nodes = stream.tail;
    if (stream.capture) return;
    Work work;
    // The event may be destroyed before its record runs.
    work.action = [&event] {
        if (device().events.has(&event)) event.time = std::chrono::steady_clock::now();
    };
    submit(stream, std::move(work));
    event.marker = stream.last;
}

void waitFor(Stream& stream, Event& event) {
    if (event.capture && device().captures.count(event.capture.get())) {
        if (stream.capture && stream.capture != event.capture)
            throw Fault(STREAM_CAPTURE_ISOLATION, "a capture waits for an event of another capture");
        stream.capture = event.capture;
        for (Node* n : event.nodes)
            if (std::find(stream.tail.begin(), stream.tail.end(), n) == stream.tail.end()) stream.tail.push_back(n);
        return;
    }
    if (stream.capture) throw Fault(STREAM_CAPTURE_ISOLATION, "a capture waits for an event from outside of it");
    if (!event.marker || event.marker->done) return;
    submit(stream, Work());
    stream.last->after.push_back(event.marker);
}

}  // namespace softgpu
