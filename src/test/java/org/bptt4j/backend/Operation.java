package org.bptt4j.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.Clipping;
import org.bptt4j.spec.Optimizer;

/**
 * A call of each operation that takes device memory, with arguments that fit and, for each argument, one that does not.
 *
 * @param name as {@link Covers.Name} says it
 * @param call what to do with the arguments
 */
record Operation(String name, List<Argument> arguments, BiConsumer<Backend, Object[]> call) {
    /** @param misfit the same argument in a shape that does not fit the others, or null where every shape does */
    record Argument(Function<Kit, Object> fitting, Function<Kit, Object> misfit) {}

    static final List<Operation> ALL = all();

    /** Fresh arguments that fit. */
    Object[] arguments(Kit kit) {
        return arguments.stream().map(a -> a.fitting().apply(kit)).toArray();
    }

    /** The memory behind an argument. */
    static DeviceArray array(Object argument) {
        if (argument instanceof Matrix m) {
            return m.array();
        }
        return argument instanceof Ints i ? i.array() : (DeviceArray) argument;
    }

    private static Argument any(Function<Kit, Object> argument) {
        return new Argument(argument, null);
    }

    private static Argument matrix(int rows, int cols, int wrongRows, int wrongCols) {
        return new Argument(k -> k.randomMatrix(rows, cols), k -> k.randomMatrix(wrongRows, wrongCols));
    }

    private static Argument ints(int count) {
        return new Argument(k -> k.ints(numbers(count)), k -> k.ints(numbers(count + 1)));
    }

    /** Distinct, and good as lengths of two rows: 1, 2, 0, … */
    private static int[] numbers(int count) {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (i + 1) % Math.max(3, count);
        }
        return numbers;
    }

    private static Argument floats(int count) {
        return new Argument(k -> k.floats(new float[count]), k -> k.floats(new float[count + 1]));
    }

    private static List<Operation> all() {
        List<Operation> all = new ArrayList<>();
        Argument report = floats(Report.LENGTH);
        Argument seven = any(k -> k.floats(1, 2, 3, 4, 5, 6, 7));
        add(all, "upload(float[])", (b, a) -> b.upload(new float[2], 0, 2, (DeviceArray) a[0], 1), seven);
        add(
                all,
                "upload(int[])",
                (b, a) -> b.upload(new int[2], 0, 2, ((Ints) a[0]).array(), 1),
                any(k -> k.ints(1, 2)));
        add(all, "download", (b, a) -> b.download((DeviceArray) a[0], 1, new float[2], 0, 2), seven);
        add(all, "fill", (b, a) -> b.fill(m(a[0]), 1f), any(k -> k.randomMatrix(3, 4)));
        add(all, "copy", (b, a) -> b.copy(m(a[0]), m(a[1])), matrix(3, 4, 3, 5), matrix(3, 4, 2, 4));
        add(all, "fillRows", (b, a) -> b.fillRows(m(a[0]), m(a[1])), matrix(1, 4, 2, 4), matrix(3, 4, 3, 5));
        for (Transpose ta : Transpose.values()) {
            for (Transpose tb : Transpose.values()) {
                add(
                        all,
                        "gemm",
                        (b, a) -> b.gemm(ta, m(a[0]), tb, m(a[1]), true, m(a[2])),
                        ta == Transpose.NO ? matrix(3, 4, 3, 6) : matrix(4, 3, 6, 3),
                        tb == Transpose.NO ? matrix(4, 5, 4, 6) : matrix(5, 4, 6, 4),
                        matrix(3, 5, 5, 3));
            }
        }
        add(
                all,
                "gatherRows",
                (b, a) -> b.gatherRows((Ints) a[0], m(a[1]), m(a[2])),
                ints(3),
                matrix(5, 4, 5, 3),
                matrix(3, 4, 3, 5));
        add(
                all,
                "scatterRows",
                (b, a) -> b.scatterRows((Ints) a[0], m(a[1]), m(a[2])),
                ints(3),
                matrix(3, 4, 3, 5),
                matrix(5, 4, 5, 3));
        add(
                all,
                "maskRows",
                (b, a) -> b.maskRows((Ints) a[0], m(a[1]), m(a[2])),
                ints(3),
                matrix(3, 4, 3, 5),
                matrix(3, 4, 2, 4));
        add(
                all,
                "dropout",
                (b, a) -> b.dropout(new Dropout(0.5, 1, 0), 1, 0, m(a[0]), m(a[1])),
                matrix(3, 4, 3, 5),
                matrix(3, 4, 2, 4));
        add(
                all,
                "gatherColumns",
                (b, a) -> b.gatherColumns((Ints) a[0], m(a[1]), m(a[2])),
                ints(3),
                matrix(4, 5, 3, 5),
                matrix(3, 4, 3, 5));
        add(
                all,
                "scatterColumns",
                (b, a) -> b.scatterColumns((Ints) a[0], m(a[1]), 2, m(a[2])),
                ints(6),
                matrix(6, 4, 6, 5),
                matrix(4, 7, 5, 7));
        gradientsAndSweeps(all);
        losses(all, report);
        updates(all, report, seven);
        return List.copyOf(all);
    }

    private static void gradientsAndSweeps(List<Operation> all) {
        add(
                all,
                "weightGradient",
                (b, a) -> b.weightGradient(m(a[0]), m(a[1]), 2, m(a[2])),
                matrix(6, 4, 6, 3),
                matrix(6, 5, 4, 5),
                matrix(4, 5, 5, 4));
        add(all, "biasGradient", (b, a) -> b.biasGradient(m(a[0]), 2, m(a[1])), matrix(6, 4, 6, 5), matrix(1, 4, 1, 5));
        add(
                all,
                "recurrentForward",
                (b, a) -> {
                    Matrix gates = m(a[3]).rows(2, 6);
                    b.recurrentForward(new RecurrentForward(
                            Cell.TANH, 2, 0, m(a[0]), m(a[1]), m(a[2]), gates, m(a[3]), (Ints) a[4], (Ints) a[5]));
                },
                matrix(3, 3, 4, 3),
                matrix(1, 3, 1, 4),
                matrix(1, 3, 2, 3),
                matrix(8, 3, 8, 4),
                ints(2),
                ints(6));
        add(
                all,
                "recurrentBackward",
                (b, a) -> {
                    Matrix gates = m(a[1]).rows(2, 6);
                    b.recurrentBackward(new RecurrentBackward(
                            Cell.RELU, 2, m(a[0]), gates, m(a[1]), m(a[2]), m(a[3]), (Ints) a[4]));
                },
                matrix(3, 3, 4, 3),
                matrix(8, 3, 8, 4),
                matrix(6, 3, 6, 4),
                matrix(2, 3, 2, 4),
                ints(6));
    }

    private static void losses(List<Operation> all, Argument report) {
        add(
                all,
                "crossEntropy",
                (b, a) -> b.crossEntropy(m(a[0]), (Ints) a[1], -100, Weighting.NONE, 1f, m(a[2]), (DeviceArray) a[3]),
                matrix(3, 4, 3, 5),
                ints(3),
                matrix(3, 4, 2, 4),
                report);
        add(
                all,
                "crossEntropy",
                (b, a) -> b.crossEntropy(m(a[0]), (Ints) a[1], -100, w(a[4], a[5]), 1f, m(a[2]), (DeviceArray) a[3]),
                matrix(3, 4, 3, 5),
                ints(3),
                matrix(3, 4, 2, 4),
                report,
                matrix(3, 1, 4, 1),
                matrix(1, 4, 1, 5));
        ofValues(all, "squaredError", Backend::squaredError, report);
        ofValues(all, "binaryCrossEntropy", Backend::binaryCrossEntropy, report);
    }

    private interface LossOfValues {
        void run(Backend b, Matrix y, Matrix targets, Weighting w, float scale, Matrix d, DeviceArray report);
    }

    private static void ofValues(List<Operation> all, String name, LossOfValues loss, Argument report) {
        add(
                all,
                name,
                (b, a) -> loss.run(b, m(a[0]), m(a[1]), w(a[4], a[5]), 1f, m(a[2]), (DeviceArray) a[3]),
                matrix(3, 4, 3, 5),
                matrix(3, 4, 4, 4),
                matrix(3, 4, 2, 4),
                report,
                matrix(3, 1, 4, 1),
                matrix(1, 4, 1, 5));
    }

    private static Weighting w(Object rows, Object outputs) {
        return new Weighting(m(rows), m(outputs), 0.5f);
    }

    private static void updates(List<Operation> all, Argument report, Argument seven) {
        Clipping clipping = Clipping.value(1);
        add(all, "globalNorm", (b, a) -> b.globalNorm((DeviceArray) a[0], (DeviceArray) a[1]), seven, report);
        add(all, "clip", (b, a) -> b.clip(clipping, (DeviceArray) a[0], (DeviceArray) a[1]), seven, report);
        add(
                all,
                "update",
                (b, a) -> {
                    DeviceArray[] states = {(DeviceArray) a[2], (DeviceArray) a[3]};
                    Update update = new Update(
                            Optimizer.adam(1), clipping, (DeviceArray) a[0], (DeviceArray) a[1], states, (DeviceArray)
                                    a[4]);
                    b.update(update, 0.1, 1);
                },
                floats(7),
                floats(7),
                floats(7),
                floats(7),
                report);
    }

    private static void add(
            List<Operation> all, String name, BiConsumer<Backend, Object[]> call, Argument... arguments) {
        all.add(new Operation(name, List.of(arguments), call));
    }

    private static Matrix m(Object argument) {
        return (Matrix) argument;
    }
}
