// Initialisation, versions, error names, and the devices' properties.
#include <cstring>

#include "driver/api.h"
#include "driver/limits.h"

using namespace softgpu;

API int cuInit(unsigned flags) {
    CALL(Nothing, {
        require(flags == 0, "flags");
        if (device().settings.devices == 0) throw Fault(NO_DEVICE, "the software device was asked to be absent");
        device().memory.capacity = device().settings.memory;
        device().initialized = true;
    });
}

API int cuDriverGetVersion(int* version) {
    CALL(Nothing, {
        require(version, "null");
        *version = device().settings.driverVersion;
    });
}

API int cuGetErrorName(int status, const char** name) {
    if (!name) return INVALID_VALUE;
    *name = statusName(status);
    return *name ? SUCCESS : INVALID_VALUE;
}

/** The text of the last fault, which says more than a sentence for each code could. */
API int cuGetErrorString(int status, const char** text) {
    static thread_local std::string kept;
    if (!text) return INVALID_VALUE;
    const char* name = statusName(status);
    if (!name) return *text = nullptr, INVALID_VALUE;
    std::lock_guard<std::recursive_mutex> lock(device().mutex);
    kept = status && !device().lastFault.empty() ? device().lastFault : name;
    *text = kept.c_str();
    return SUCCESS;
}

API int cuDeviceGetCount(int* count) {
    CALL(Initialized, { *count = device().settings.devices; });
}

namespace {

void requireDevice(int ordinal) {
    if (ordinal < 0 || ordinal >= device().settings.devices) throw Fault(INVALID_DEVICE, "no such device");
}

}  // namespace

API int cuDeviceGet(int* handle, int ordinal) {
    CALL(Initialized, {
        requireDevice(ordinal);
        *handle = ordinal;
    });
}

API int cuDeviceGetName(char* name, int length, int ordinal) {
    CALL(Initialized, {
        requireDevice(ordinal);
        require(name && length > 0, "a buffer for the name");
        strncpy(name, "Software CUDA device (no GPU)", (size_t)length - 1);
        name[length - 1] = 0;
    });
}

API int cuDeviceGetUuid(void* uuid, int ordinal) {
    CALL(Initialized, {
        requireDevice(ordinal);
        memcpy(uuid, "softgpu-device-0", 16);
        ((char*)uuid)[15] = (char)('0' + ordinal);
    });
}

API int cuDeviceTotalMem_v2(size_t* bytes, int ordinal) {
    CALL(Initialized, {
        requireDevice(ordinal);
        *bytes = device().settings.memory;
    });
}

API int cuDeviceComputeCapability(int* major, int* minor, int ordinal) {
    CALL(Initialized, {
        requireDevice(ordinal);
        *major = device().settings.computeCapability / 10;
        *minor = device().settings.computeCapability % 10;
    });
}

API int cuDeviceGetAttribute(int* value, int attribute, int ordinal) {
    CALL(Initialized, {
        requireDevice(ordinal);
        require(value && attribute > 0 && attribute < 200, "no such attribute");
        *value = deviceAttribute(attribute);
    });
}
