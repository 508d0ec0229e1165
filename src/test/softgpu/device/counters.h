// What has happened since the last reset, by name; SoftGpu reads it.
#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace softgpu {

class Counters {
  public:
    void add(const std::string& name, uint64_t by = 1) { values[name] += by; }
    void clear() { values.clear(); }
    const std::map<std::string, uint64_t>& all() const { return values; }

  private:
    std::map<std::string, uint64_t> values;
};

}  // namespace softgpu
