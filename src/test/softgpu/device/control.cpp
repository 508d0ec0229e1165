#include "device/control.h"

#include <sstream>

#include "driver/api.h"

namespace softgpu {
namespace {

std::string report() {
    Device& d = device();
    std::map<std::string, uint64_t> all = d.counters.all();
    uint64_t hostBytes = 0;
    for (auto& p : d.pinned) hostBytes += p.second.bytes;
    all["alive.device.bytes"] = d.memory.used();
    all["alive.device.peak"] = d.memory.peak;
    all["alive.device.allocations"] = d.memory.count();
    all["alive.host.bytes"] = hostBytes;
    all["alive.host.allocations"] = d.pinned.size();
    all["alive.contexts"] = d.contexts.size();
    all["alive.streams"] = d.streams.size();
    all["alive.events"] = d.events.size();
    all["alive.modules"] = d.modules.size();
    all["alive.graphs"] = d.graphs.size();
    all["alive.graph-execs"] = d.execs.size();
    std::ostringstream out;
    for (auto& v : all) out << v.first << '=' << v.second << '\n';
    return out.str();
}

std::string totals() {
    std::ostringstream out;
    for (auto& v : device().counters.total()) out << v.first << '=' << v.second << '\n';
    return out.str();
}

uint64_t* injection(const std::string& what) {
    Injection& i = device().injection;
    if (what == "allocation") return &i.allocation;
    if (what == "host-allocation") return &i.hostAllocation;
    if (what == "launch") return &i.launch;
    if (what == "illegal-launch") return &i.illegalLaunch;
    if (what == "cublas") return &i.blas;
    if (what == "graph") return &i.graph;
    throw Fault(INVALID_VALUE, "no failure '" + what + "'");
}

void set(const std::string& name, const std::string& value) {
    Device& d = device();
    d.settings.set(name, value);
    if (name == "memory") d.memory.capacity = d.settings.memory;
    if (name == "seed") d.random.seed(d.settings.seed);
}

std::string obey(std::istringstream& in) {
    std::string verb, name, value;
    in >> verb >> name >> value;
    if (verb == "report") return report();
    if (verb == "totals") return totals();
    if (verb == "last-fault") return device().lastFault;
    if (verb == "reset") {
        device().counters.clear();
        device().lastFault.clear();
        device().memory.peak = device().memory.used();
    } else if (verb == "set") {
        set(name, value);
    } else if (verb == "fail") {
        *injection(name) = std::stoull(value);
    } else if (verb == "sticky") {
        requireContext().sticky = std::stoi(name);
    } else if (verb == "defaults") {
        device().settings = Settings::fromEnvironment();
        device().memory.capacity = device().settings.memory;
        device().injection = Injection();
    } else {
        throw Fault(INVALID_VALUE, "no command '" + verb + "'");
    }
    return "";
}

}  // namespace

std::string control(const std::string& command) {
    std::lock_guard<std::recursive_mutex> lock(device().mutex);
    std::istringstream in(command);
    try {
        return obey(in);
    } catch (const std::exception& e) {
        return std::string("error: ") + e.what();
    }
}

}  // namespace softgpu
