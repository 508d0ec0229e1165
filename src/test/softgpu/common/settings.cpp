#include "common/settings.h"

#include <cctype>
#include <cstdio>
#include <cstdlib>

#include "common/fault.h"

namespace softgpu {
namespace {

const char* const NAMES[] = {"devices", "driver-version", "cublas-version", "compute-capability", "multiprocessors", "memory",
                             "refuse-ptx", "order", "streams", "seed", "races", "watchdog", "trace", "perturb"};

uint64_t number(const std::string& name, const std::string& text) {
    char* end;
    uint64_t value = strtoull(text.c_str(), &end, 0);
    if (*end == 'k') value <<= 10, end++;
    else if (*end == 'm') value <<= 20, end++;
    else if (*end == 'g') value <<= 30, end++;
    if (text.empty() || *end) throw Fault(INVALID_VALUE, "setting " + name + ": '" + text + "' is no number");
    return value;
}

std::string oneOf(const std::string& name, const std::string& text, std::initializer_list<const char*> known) {
    for (auto* k : known)
        if (text == k) return text;
    throw Fault(INVALID_VALUE, "setting " + name + ": '" + text + "' is not known");
}

}  // namespace

void Settings::set(const std::string& name, const std::string& v) {
    if (name == "devices") devices = (int)number(name, v);
    else if (name == "driver-version") driverVersion = (int)number(name, v);
    else if (name == "cublas-version") blasVersion = (int)number(name, v);
    else if (name == "compute-capability") computeCapability = (int)number(name, v);
    else if (name == "multiprocessors") multiprocessors = (int)number(name, v);
    else if (name == "memory") memory = number(name, v);
    else if (name == "refuse-ptx") refusePtx = number(name, v) != 0;
    else if (name == "order") order = oneOf(name, v, {"forward", "reverse", "random"});
    else if (name == "streams") streams = oneOf(name, v, {"lazy", "eager", "random"});
    else if (name == "seed") seed = number(name, v);
    else if (name == "races") races = number(name, v) != 0;
    else if (name == "watchdog") watchdog = number(name, v);
    else if (name == "trace") trace = number(name, v) != 0;
    else if (name == "perturb") perturb = number(name, v);
    else throw Fault(INVALID_VALUE, "no setting '" + name + "'");
}

Settings Settings::fromEnvironment() {
    Settings s;
    for (auto* name : NAMES) {
        std::string variable = "SOFTGPU_";
        for (const char* c = name; *c; c++) variable += *c == '-' ? '_' : (char)toupper(*c);
        const char* value = getenv(variable.c_str());
        if (!value) continue;
        try {
            s.set(name, value);
        } catch (const Fault& e) {
            fprintf(stderr, "softgpu: %s: %s\n", variable.c_str(), e.what());
            abort();
        }
    }
    return s;
}

StreamOrder Settings::streamOrder() const {
    return streams == "eager" ? StreamOrder::Eager : streams == "random" ? StreamOrder::Random : StreamOrder::Lazy;
}

}  // namespace softgpu
