// What has happened since the last reset, and since the device was loaded, by name; SoftGpu reads it.
#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace softgpu {

class Counters {
  public:
    void add(const std::string& name, uint64_t by = 1) { values[name] += by; }
    void clear() {
        before = total();
        values.clear();
    }
    const std::map<std::string, uint64_t>& all() const { return values; }
    std::map<std::string, uint64_t> total() const {
        std::map<std::string, uint64_t> sum = before;
        for (auto& v : values) sum[v.first] += v.second;
        return sum;
    }

  private:
    std::map<std::string, uint64_t> values, before;
};

}  // namespace softgpu
