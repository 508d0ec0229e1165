#include "device/graph.h"

#include <algorithm>
#include <set>

#include "device/device.h"

namespace softgpu {
namespace {

/** All nodes that come before the given ones, and they themselves. */
std::set<Node*> history(const std::vector<Node*>& tail) {
    std::set<Node*> seen;
    std::vector<Node*> open(tail);
    while (!open.empty()) {
        Node* n = open.back();
        open.pop_back();
        if (!seen.insert(n).second) continue;
        open.insert(open.end(), n->after.begin(), n->after.end());
    }
    return seen;
}

void leave(Capture& capture, bool& joined) {
    std::set<Node*> reached = history(capture.origin->tail);
    for (auto& s : device().streams) {
        if (s.second->capture.get() != &capture) continue;
        for (Node* n : s.second->tail) joined &= reached.count(n) != 0;
        s.second->tail.clear();
        if (s.first != capture.origin) s.second->capture.reset();
    }
}

}  // namespace

Node* Graph::add(Work work, std::vector<Node*> after) {
    nodes.push_back(std::make_unique<Node>());
    Node* n = nodes.back().get();
    n->graph = this;
    n->work = std::move(work);
    n->after = std::move(after);
    return n;
}

void addCaptured(Stream& stream, Work work) {
    if (stream.capture->invalid) throw Fault(STREAM_CAPTURE_INVALIDATED, "the capture was spoiled by an earlier call");
    stream.tail = {stream.capture->graph->add(std::move(work), stream.tail)};
}

void beginCapture(Stream& stream, int mode) {
    if (&stream == &stream.context->legacy) throw Fault(STREAM_CAPTURE_UNSUPPORTED, "the default stream cannot be captured");
    if (stream.capture) throw Fault(STREAM_CAPTURE_UNSUPPORTED, "the stream is being captured already");
    if (mode < 0 || mode > 2) throw Fault(INVALID_VALUE, "no such capture mode");
    stream.capture = std::make_shared<Capture>();
    stream.capture->origin = &stream;
    stream.capture->mode = mode;
    stream.tail.clear();
    device().captures.insert(stream.capture.get());
}

std::unique_ptr<Graph> endCapture(Stream& stream) {
    if (!stream.capture || stream.capture->origin != &stream)
        throw Fault(stream.capture ? STREAM_CAPTURE_UNMATCHED : INVALID_VALUE, "the capture did not begin in this stream");
    std::shared_ptr<Capture> capture = stream.capture;
    if (capture->mode != 2 && capture->thread != std::this_thread::get_id())
        throw Fault(STREAM_CAPTURE_UNMATCHED, "the capture began on another thread");
    bool joined = true;
    leave(*capture, joined);
    stream.capture.reset();
    device().captures.erase(capture.get());
    if (capture->invalid) throw Fault(STREAM_CAPTURE_INVALIDATED, "the capture was spoiled by an earlier call");
    if (!joined) throw Fault(STREAM_CAPTURE_UNJOINED, "another stream of the capture was not joined to the first");
    return std::move(capture->graph);
}

void refuseDuringCapture(const char* call) {
    for (Capture* c : device().captures) {
        bool mine = c->thread == std::this_thread::get_id();
        if (c->mode == 2 || (c->mode == 1 && !mine)) continue;
        c->invalid = true;
        throw Fault(STREAM_CAPTURE_UNSUPPORTED, std::string(call) + " during a stream capture");
    }
}

void refuseImplicit(const char* call) {
    for (Capture* c : device().captures) {
        bool blocking = c->origin->blocking;
        if (c->mode == 2 && !blocking) continue;
        if (c->mode == 1 && c->thread != std::this_thread::get_id() && !blocking) continue;
        c->invalid = true;
        throw Fault(STREAM_CAPTURE_IMPLICIT, std::string(call) + " uses the default stream during a stream capture");
    }
}

}  // namespace softgpu
