// Lazy streams: operations wait in their queues until the host waits for them.
#pragma once
#include <chrono>
#include <deque>
#include <memory>
#include <vector>

#include "device/work.h"

namespace softgpu {

struct Context;
struct Stream;
struct Node;
struct Capture;

struct Operation {
    Work work;
    Stream* stream = nullptr;
    std::vector<std::shared_ptr<Operation>> after;  // of other streams
    bool done = false;
};
using OperationPointer = std::shared_ptr<Operation>;

struct Stream {
    Context* context = nullptr;
    bool blocking = true;  // synchronises with the legacy default stream
    unsigned flags = 0;
    int priority = 0;
    std::deque<OperationPointer> queue;
    OperationPointer last;
    std::shared_ptr<Capture> capture;
    std::vector<Node*> tail;  // of a capture: what the next node depends on
};

struct Event {
    Context* context = nullptr;
    bool timing = true;
    OperationPointer marker;
    std::chrono::steady_clock::time_point time;
    std::shared_ptr<Capture> capture;  // when last recorded in a capture
    std::vector<Node*> nodes;
};

/** Queues the work, or adds it to the graph being captured. */
void submit(Stream& stream, Work work);
/** Runs what must run for the operation, in a legal order that the settings choose. */
void finish(const OperationPointer& operation);
void finish(Stream& stream);
void finishAll(Context& context);
/** Runs one operation of the stream, as time would; true if the stream is idle. */
bool poll(Stream& stream);

void record(Event& event, Stream& stream);
void waitFor(Stream& stream, Event& event);

}  // namespace softgpu
