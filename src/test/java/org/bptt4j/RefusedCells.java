package org.bptt4j;

import java.lang.reflect.Method;
import org.bptt4j.backend.BackendUnavailableException;
import org.bptt4j.backend.SweepForm;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** There are persistent kernels for plain cells only: by that form a test of a gated cell ends with their refusal, and with no other. */
final class RefusedCells implements InvocationInterceptor {
    private static final String REFUSAL = "no persistent kernel for the cell (gru|lstm): .*";

    @Override
    public void interceptTestMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        try {
            test.proceed();
        } catch (BackendUnavailableException e) {
            if (form(context) != SweepForm.PERSISTENT || !e.getMessage().matches(REFUSAL)) {
                throw e;
            }
        }
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        interceptTestMethod(test, method, context);
    }

    private static SweepForm form(ExtensionContext context) {
        return context.getRequiredTestInstances()
                .findInstance(DeviceTraining.class)
                .orElseThrow()
                .form;
    }
}
