// The process's one machine: settings, memory, contexts, and all handles that live.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "common/fault.h"
#include "common/settings.h"
#include "device/counters.h"
#include "device/graph.h"
#include "device/memory.h"
#include "device/module.h"
#include "device/stream.h"

namespace softgpu {

struct Context {
    int device = 0;
    bool primary = false;
    int references = 0;
    int sticky = 0;  // after a fault every call returns it
    Stream legacy;   // the default stream
};

/** Owns the objects behind handles; a stale or foreign handle is refused. */
template <class T>
class Registry {
  public:
    T* add(std::unique_ptr<T> object) {
        T* p = object.get();
        objects[p] = std::move(object);
        return p;
    }
    T& get(void* handle) const {
        auto found = objects.find((T*)handle);
        if (found == objects.end()) throw Fault(INVALID_HANDLE, "a handle that is not, or no longer, valid");
        return *found->second;
    }
    bool has(void* handle) const { return objects.count((T*)handle) != 0; }
    void remove(void* handle) {
        get(handle);
        objects.erase((T*)handle);
    }
    template <class F>
    void removeIf(F condition) {
        for (auto it = objects.begin(); it != objects.end();) it = condition(*it->second) ? objects.erase(it) : std::next(it);
    }
    size_t size() const { return objects.size(); }
    auto begin() const { return objects.begin(); }
    auto end() const { return objects.end(); }

  private:
    std::map<T*, std::unique_ptr<T>> objects;
};

struct PinnedMemory {
    uint64_t bytes;
    unsigned flags;
    Context* context;
};

/** Failures that a test has asked for: the n-th call from now, 1 being the next; 0 none. */
struct Injection {
    uint64_t allocation = 0, hostAllocation = 0, launch = 0, illegalLaunch = 0, blas = 0, graph = 0;
    /** Counts a call; true if it is the one to fail. */
    static bool due(uint64_t& countdown) { return countdown && --countdown == 0; }
};

struct Device {
    std::recursive_mutex mutex;
    Settings settings = Settings::fromEnvironment();
    Counters counters;
    Memory memory;
    Injection injection;
    std::string lastFault;
    bool initialized = false;
    std::mt19937_64 random{1};

    std::map<int, Context*> primaries;
    Registry<Context> contexts;
    Registry<Stream> streams;
    Registry<Event> events;
    Registry<Module> modules;
    Registry<Graph> graphs;
    Registry<GraphExec> execs;
    std::map<uint64_t, PinnedMemory> pinned;
    std::set<Capture*> captures;

    bool isPinned(const void* p, uint64_t bytes) const;
    Function& function(void* handle) const;
    /** A stream's handle, the default stream for null and the two special values. */
    Stream& stream(void* handle, Context& context);
    void destroy(Context& context);
    /** Notes a fault for messages and, if it is one that kills a context, for all later calls. */
    void note(const Fault& fault, Context* context);
};

Device& device();

}  // namespace softgpu
