// Graphs, and their making by stream capture.
#pragma once
#include <memory>
#include <thread>
#include <vector>

#include "device/stream.h"

namespace softgpu {

struct Graph;

struct Node {
    Graph* graph = nullptr;
    Work work;
    std::vector<Node*> after;
    std::vector<void*> pointers;  // to a kernel's parameters, for who asks for them
};

struct Graph {
    std::vector<std::unique_ptr<Node>> nodes;  // in an order that respects the dependencies
    Node* add(Work work, std::vector<Node*> after);
};

/** Instantiated: nodes of its own, and from which nodes of the original they come. */
struct GraphExec {
    Context* context = nullptr;
    std::vector<std::shared_ptr<Work>> works;
    std::vector<const Node*> origins;
    std::vector<std::vector<size_t>> after;  // by index
};

struct Capture {
    std::unique_ptr<Graph> graph = std::make_unique<Graph>();
    Stream* origin = nullptr;
    int mode = 0;  // CU_STREAM_CAPTURE_MODE: 0 global, 1 thread-local, 2 relaxed
    std::thread::id thread = std::this_thread::get_id();
    bool invalid = false;
};

void beginCapture(Stream& stream, int mode);
/** Gives the graph, or a Fault that says why there is none. */
std::unique_ptr<Graph> endCapture(Stream& stream);
void addCaptured(Stream& stream, Work work);
/** Faults, and spoils the capture, if a call that is unsafe during captures comes while one restricts this thread. */
void refuseDuringCapture(const char* call);
/** The same for what would wait for the legacy default stream. */
void refuseImplicit(const char* call);

}  // namespace softgpu
