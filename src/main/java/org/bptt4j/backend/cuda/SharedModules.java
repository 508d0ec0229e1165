package org.bptt4j.backend.cuda;

import static jcuda.driver.JCudaDriver.cuModuleUnload;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import jcuda.driver.CUmodule;

/**
 * Our own modules as all backends of one device use them: loaded by the first, unloaded with the last. They belong to the primary
 * context, which the backends share, and have no variables, so that nothing passes from one to another. A driver takes milliseconds to
 * load one that it has compiled before, and a second or so for one that it has not.
 */
final class SharedModules {
    private static final Map<Key, Shared> SHARED = new HashMap<>();

    private SharedModules() {}

    private record Key(int device, String name) {}

    private static final class Shared {
        private final CUmodule module;
        private int users;

        Shared(CUmodule module) {
            this.module = module;
        }
    }

    /** The module, from {@code loader} if nobody has it; its context is current. */
    static synchronized CUmodule take(int device, String name, Supplier<CUmodule> loader) {
        Shared shared = SHARED.get(new Key(device, name));
        if (shared == null) {
            shared = new Shared(loader.get());
            SHARED.put(new Key(device, name), shared);
        }
        shared.users++;
        return shared.module;
    }

    /** One that was taken is not needed any more, after all work is done or lost; the driver's code is not looked at. */
    static synchronized void giveBack(int device, String name) {
        Key key = new Key(device, name);
        Shared shared = SHARED.get(key);
        if (--shared.users == 0) {
            SHARED.remove(key);
            cuModuleUnload(shared.module);
        }
    }
}
