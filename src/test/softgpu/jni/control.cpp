// org.bptt4j.softgpu.SoftGpu: one native method.
#include <jni.h>

#include "device/control.h"

extern "C" JNIEXPORT jstring JNICALL Java_org_bptt4j_softgpu_SoftGpu_command(JNIEnv* env, jclass, jstring command) {
    const char* text = env->GetStringUTFChars(command, nullptr);
    if (!text) return nullptr;
    std::string answer = softgpu::control(text);
    env->ReleaseStringUTFChars(command, text);
    return env->NewStringUTF(answer.c_str());
}
