package org.bptt4j.backend;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The operations of {@link Backend} that a test of the contract is about; {@link BackendContract} holds it to its word. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Covers {
    String[] value();

    /** What an operation is called: its name, and the first parameter's type where there are several of that name. */
    final class Name {
        /** Reflection over all operations at every call would cost more than most calls. */
        private static final Map<Method, String> NAMES = new ConcurrentHashMap<>();

        private Name() {}

        static String of(Method method) {
            return NAMES.computeIfAbsent(method, Name::make);
        }

        private static String make(Method method) {
            long same = Arrays.stream(Backend.class.getMethods())
                    .filter(m -> m.getName().equals(method.getName()))
                    .count();
            return same == 1
                    ? method.getName()
                    : method.getName() + "(" + method.getParameterTypes()[0].getSimpleName() + ")";
        }
    }
}
