// Modules, functions, their attributes, occupancy.
#include <cstring>
#include <fstream>
#include <sstream>

#include "driver/api.h"
#include "driver/limits.h"

using namespace softgpu;

namespace {

enum JitOption { INFO_LOG = 3, INFO_LOG_BYTES = 4, ERROR_LOG = 5, ERROR_LOG_BYTES = 6 };

/** The buffers that a caller of cuModuleLoadDataEx gives for messages; the sizes are in-out, in place of the values. */
struct Logs {
    char* error = nullptr;
    void** errorBytes = nullptr;
    void** infoBytes = nullptr;

    Logs(unsigned count, const int* options, void** values) {
        for (unsigned k = 0; k < count; k++) {
            if (options[k] == ERROR_LOG) error = (char*)values[k];
            if (options[k] == ERROR_LOG_BYTES) errorBytes = &values[k];
            if (options[k] == INFO_LOG_BYTES) infoBytes = &values[k];
        }
    }
    void write(const std::string& text) const {
        if (infoBytes) *infoBytes = nullptr;
        if (!errorBytes) return;
        size_t room = (size_t)(uint32_t)(uintptr_t)*errorBytes, bytes = room ? std::min(room - 1, text.size()) : 0;
        if (error && room) {
            memcpy(error, text.data(), bytes);
            error[bytes] = 0;
        }
        *errorBytes = (void*)bytes;
    }
};

void load(void** handle, const char* image, const Logs& logs) {
    require(handle && image, "null");
    refuseDuringCapture("loading a module");
    static const unsigned char elf[] = {0x7f, 'E', 'L', 'F'}, fatbin[] = {0x50, 0xed, 0x55, 0xba};
    if (!memcmp(image, elf, 4) || !memcmp(image, fatbin, 4))
        throw Fault(INVALID_IMAGE, "machine code and fat binaries cannot run here: PTX text is needed");
    try {
        *handle = device().modules.add(loadPtx(image, requireContext()));
        device().counters.add("module.load");
        logs.write("");
    } catch (const Fault& fault) {
        logs.write(std::string("ptxas fatal   : ") + fault.what() + "\n");
        throw;
    }
}

}  // namespace

API int cuModuleLoadData(void** module, const void* image) {
    CALL(CurrentContext, { load(module, (const char*)image, Logs(0, nullptr, nullptr)); });
}

API int cuModuleLoadDataEx(void** module, const void* image, unsigned count, int* options, void** values) {
    CALL(CurrentContext, { load(module, (const char*)image, Logs(count, options, values)); });
}

API int cuModuleLoad(void** module, const char* file) {
    CALL(CurrentContext, {
        std::ifstream in(file, std::ios::binary);
        if (!in) throw Fault(301, std::string("no file ") + file);
        std::stringstream text;
        text << in.rdbuf();
        load(module, text.str().c_str(), Logs(0, nullptr, nullptr));
    });
}

API int cuModuleUnload(void* handle) {
    CALL(CurrentContext, {
        refuseDuringCapture("cuModuleUnload");
        Module& m = device().modules.get(handle);
        finishAll(requireContext());
        for (uint64_t a : m.allocations) device().memory.release(a);
        device().modules.remove(handle);
    });
}

API int cuModuleGetFunction(void** function, void* module, const char* name) {
    CALL(CurrentContext, {
        Module& m = device().modules.get(module);
        auto found = m.functions.find(name);
        if (found == m.functions.end()) throw Fault(NOT_FOUND, std::string("no kernel ") + name);
        *function = &found->second;
    });
}

API int cuModuleGetGlobal_v2(uint64_t* address, size_t* bytes, void* module, const char* name) {
    CALL(CurrentContext, {
        Module& m = device().modules.get(module);
        auto found = m.globals.find(name);
        if (found == m.globals.end()) throw Fault(NOT_FOUND, std::string("no variable ") + name);
        if (address) *address = found->second.first;
        if (bytes) *bytes = found->second.second;
    });
}

API int cuFuncGetModule(void** module, void* function) {
    CALL(CurrentContext, { *module = device().function(function).module; });
}

API int cuFuncGetAttribute(int* value, int attribute, void* function) {
    CALL(CurrentContext, {
        const Function& f = device().function(function);
        switch (attribute) {
            case 0: *value = f.program->maxThreads; break;
            case 1: *value = (int)f.program->sharedBytes; break;
            case 2: *value = 0; break;
            case 3: *value = (int)f.program->localBytes; break;
            case 4: *value = registersPerThread(f); break;
            case 5: case 6: *value = device().settings.computeCapability; break;
            case 7: *value = 0; break;
            case 8: *value = f.dynamicSharedLimit; break;
            case 9: *value = f.carveout; break;
            default: throw Fault(INVALID_VALUE, "no such attribute");
        }
    });
}

API int cuFuncSetAttribute(void* function, int attribute, int value) {
    CALL(CurrentContext, {
        Function& f = device().function(function);
        if (attribute == 8) {
            int most = limits(device().settings.computeCapability).sharedPerBlockOptIn - (int)f.program->sharedBytes;
            require(value >= 0 && value <= most, "more dynamic shared memory than a block can have");
            f.dynamicSharedLimit = value;
        } else if (attribute == 9) {
            require(value >= -1 && value <= 100, "carve-out in percent");
            f.carveout = value;
        } else {
            throw Fault(INVALID_VALUE, "an attribute that cannot be set");
        }
    });
}

API int cuFuncSetCacheConfig(void* function, int) {
    CALL(CurrentContext, { device().function(function); });
}

API int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void* function, int threads, size_t dynamicShared) {
    CALL(CurrentContext, {
        require(blocks && threads > 0, "a block of no threads");
        *blocks = blocksPerMultiprocessor(device().function(function), (uint32_t)threads, dynamicShared);
    });
}

API int cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, void* function, int threads, size_t shared, unsigned) {
    return cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function, threads, shared);
}
