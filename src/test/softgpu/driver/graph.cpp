// Stream capture, graphs, executable graphs, and the parameters of their nodes.
#include <algorithm>
#include <cstring>

#include "driver/launch.h"

using namespace softgpu;

namespace {

struct KernelNodeParams {  // CUDA_KERNEL_NODE_PARAMS_v2
    void* function;
    unsigned grid[3], block[3], shared;
    void **parameters, **extra;
    void *kernel, *context;
};

struct MemsetNodeParams {  // CUDA_MEMSET_NODE_PARAMS
    uint64_t to;
    size_t pitch;
    unsigned value, width;
    size_t count, height;
};

Node& nodeOf(void* handle) {
    for (auto& g : device().graphs)
        for (auto& n : g.second->nodes)
            if (n.get() == handle) return *n;
    throw Fault(INVALID_HANDLE, "not a node of a graph that lives");
}

Work& workOf(void* handle, Work::Kind kind) {
    Work& w = nodeOf(handle).work;
    require(w.kind == kind, "a node of another kind");
    return w;
}

Work kernelWork(const KernelNodeParams& p, const Work& before) {
    require(p.function, "a node without a function");
    LaunchShape shape{{p.grid[0], p.grid[1], p.grid[2]}, {p.block[0], p.block[1], p.block[2]}, p.shared, before.launch.cooperative};
    return launchWork(device().function(p.function), shape, p.parameters, p.extra);
}

Work memsetWork(const MemsetNodeParams& p) {
    require(p.height <= 1, "fills of two dimensions are not implemented");
    require(p.width == 1 || p.width == 2 || p.width == 4, "the width of an element");
    Work w;
    w.kind = Work::Fill;
    w.to = p.to;
    w.value = p.value;
    w.width = p.width;
    w.count = p.count;
    w.check();
    return w;
}

/** Replaces one work of an executable graph; launches that are queued keep the old one. */
void replace(void* exec, void* node, Work work, Work::Kind kind) {
    GraphExec& e = device().execs.get(exec);
    auto found = std::find(e.origins.begin(), e.origins.end(), (const Node*)node);
    require(found != e.origins.end(), "a node of another graph");
    auto& place = e.works[(size_t)(found - e.origins.begin())];
    require(place->kind == kind, "a node of another kind");
    place = std::make_shared<Work>(std::move(work));
}

std::unique_ptr<GraphExec> instantiate(const Graph& graph) {
    auto e = std::make_unique<GraphExec>();
    e->context = &requireContext();
    for (auto& n : graph.nodes) {
        e->works.push_back(std::make_shared<Work>(n->work));
        e->origins.push_back(n.get());
        std::vector<size_t> after;
        for (size_t k = 0; k < graph.nodes.size(); k++)
            if (std::find(n->after.begin(), n->after.end(), graph.nodes[k].get()) != n->after.end()) after.push_back(k);
        e->after.push_back(after);
    }
    return e;
}

/** Any order that respects the dependencies; which one is up to the setting for streams. */
std::vector<size_t> sequence(const std::vector<std::vector<size_t>>& after) {
    StreamOrder order = device().settings.streamOrder();
    std::vector<size_t> result;
    std::vector<bool> done(after.size());
    while (result.size() < after.size()) {
        std::vector<size_t> ready;
        for (size_t k = 0; k < after.size(); k++)
            if (!done[k] && std::all_of(after[k].begin(), after[k].end(), [&](size_t a) { return done[a]; })) ready.push_back(k);
        size_t pick = order == StreamOrder::Lazy ? ready.front() : order == StreamOrder::Eager ? ready.back() : ready[device().random() % ready.size()];
        done[pick] = true;
        result.push_back(pick);
    }
    return result;
}

Work graphWork(const GraphExec& e) {
    Work w;
    w.kind = Work::Library;
    w.name = "graph.run";
    w.action = [works = e.works, after = e.after] {
        if (device().settings.streamOrder() == StreamOrder::Lazy) {
            for (auto& one : works) one->perform();
        } else {
            for (size_t k : sequence(after)) works[k]->perform();
        }
    };
    return w;
}

/** Without a place to put them, their number. Places beyond the last node are left alone: JCuda's
 * count is not to be relied on. */
void give(const std::vector<Node*>& nodes, void** to, size_t* count) {
    *count = to ? std::min(*count, nodes.size()) : nodes.size();
    for (size_t k = 0; to && k < *count; k++) to[k] = nodes[k];
}

/** CUgraphNodeType */
int typeOf(const Work& w) {
    switch (w.kind) {
        case Work::Copy: return 1;
        case Work::Fill: return 2;
        case Work::Marker: return 5;
        default: return 0;
    }
}

}  // namespace

API int cuStreamBeginCapture_v2(void* stream, int mode) {
    CALL(CurrentContext, { beginCapture(streamOf(stream), mode); });
}

API int cuStreamEndCapture(void* stream, void** graph) {
    CALL(CurrentContext, {
        *graph = nullptr;
        *graph = device().graphs.add(endCapture(streamOf(stream)));
    });
}

API int cuStreamIsCapturing(void* stream, int* status) {
    CALL(CurrentContext, {
        Stream& s = streamOf(stream);
        *status = !s.capture ? 0 : s.capture->invalid ? 2 : 1;
    });
}

API int cuGraphInstantiateWithFlags(void** exec, void* graph, unsigned long long) {
    CALL(CurrentContext, {
        if (Injection::due(device().injection.graph)) throw Fault(OUT_OF_MEMORY, "failure that the test asked for");
        *exec = device().execs.add(instantiate(device().graphs.get(graph)));
        device().counters.add("graph.instantiate");
    });
}

API int cuGraphUpload(void* exec, void* stream) {
    CALL(CurrentContext, {
        device().execs.get(exec);
        streamOf(stream);
    });
}

API int cuGraphLaunch(void* exec, void* stream) {
    CALL(CurrentContext, {
        Device& d = device();
        GraphExec& e = d.execs.get(exec);
        Stream& s = streamOf(stream);
        if (&s == &requireContext().legacy) refuseImplicit("cuGraphLaunch");
        d.counters.add("graph.launch");
        d.counters.add("graph.nodes", e.works.size());
        if (Injection::due(d.injection.launch)) throw Fault(LAUNCH_OUT_OF_RESOURCES, "failure that the test asked for");
        submit(s, graphWork(e));
    });
}

API int cuGraphExecDestroy(void* exec) {
    CALL(CurrentContext, { device().execs.remove(exec); });
}

API int cuGraphDestroy(void* graph) {
    CALL(CurrentContext, { device().graphs.remove(graph); });
}

API int cuGraphGetNodes(void* graph, void** nodes, size_t* count) {
    CALL(CurrentContext, {
        std::vector<Node*> all;
        for (auto& n : device().graphs.get(graph).nodes) all.push_back(n.get());
        give(all, nodes, count);
    });
}

API int cuGraphNodeGetType(void* node, int* type) {
    CALL(CurrentContext, { *type = typeOf(nodeOf(node).work); });
}

API int cuGraphNodeGetDependencies(void* node, void** before, size_t* count) {
    CALL(CurrentContext, {
        give(nodeOf(node).after, before, count);
    });
}

API int cuGraphKernelNodeGetParams_v2(void* node, KernelNodeParams* p) {
    CALL(CurrentContext, {
        Work& w = workOf(node, Work::Kernel);
        const simt::Launch& l = w.launch;
        Node& n = nodeOf(node);
        n.pointers.clear();
        for (auto& q : w.program->parameters) n.pointers.push_back(w.launch.parameters.data() + q.offset);
        *p = {w.function, {l.grid.x, l.grid.y, l.grid.z}, {l.block.x, l.block.y, l.block.z}, l.dynamicShared, n.pointers.data(), nullptr, nullptr, nullptr};
    });
}

API int cuGraphKernelNodeSetParams_v2(void* node, const KernelNodeParams* p) {
    CALL(CurrentContext, {
        Work& w = workOf(node, Work::Kernel);
        w = kernelWork(*p, w);
    });
}

API int cuGraphExecKernelNodeSetParams_v2(void* exec, void* node, const KernelNodeParams* p) {
    CALL(CurrentContext, { replace(exec, node, kernelWork(*p, workOf(node, Work::Kernel)), Work::Kernel); });
}

API int cuGraphMemsetNodeGetParams(void* node, MemsetNodeParams* p) {
    CALL(CurrentContext, {
        Work& w = workOf(node, Work::Fill);
        *p = {w.to, 0, w.value, w.width, w.count, 1};
    });
}

API int cuGraphMemsetNodeSetParams(void* node, const MemsetNodeParams* p) {
    CALL(CurrentContext, { workOf(node, Work::Fill) = memsetWork(*p); });
}

API int cuGraphExecMemsetNodeSetParams(void* exec, void* node, const MemsetNodeParams* p, void*) {
    CALL(CurrentContext, { replace(exec, node, memsetWork(*p), Work::Fill); });
}
