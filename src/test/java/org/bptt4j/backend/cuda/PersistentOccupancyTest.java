package org.bptt4j.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** docs/persistent.md: up to the H that it states a multiprocessor holds a block, by the registers that it lists. */
class PersistentOccupancyTest {
    private static final int REGISTERS_OF_MULTIPROCESSOR = 65_536;
    /** A multiprocessor has so much shared memory more than a block may have, for the system's own share of one block. */
    private static final int RESERVED = 1 << 10;

    private static final int[] BATCHES = {1, 16, 64, 1000};

    private static List<String[]> cards;
    /** Registers of a thread and bytes of static shared memory, by kernel and architecture. */
    private static final Map<String, int[]> RESOURCES = new HashMap<>();

    @BeforeAll
    static void read() throws IOException {
        String page = Files.readString(Path.of("docs/persistent.md"));
        cards = table(page, "occupancy");
        List<String[]> kernels = table(page, "resources");
        String[] heads = header(page, "resources");
        for (String[] kernel : kernels) {
            for (int i = 1; i < kernel.length; i++) {
                int[] used = Arrays.stream(kernel[i].split(", "))
                        .mapToInt(Integer::parseInt)
                        .toArray();
                RESOURCES.put(kernel[0].replace("`", "") + heads[i], used);
            }
        }
    }

    private static String[] lines(String page, String name) {
        String begin = "<!-- " + name + " -->\n";
        return page.substring(page.indexOf(begin) + begin.length(), page.indexOf("<!-- end of " + name + " -->"))
                .split("\n");
    }

    private static String[] header(String page, String name) {
        return cells(lines(page, name)[0]);
    }

    private static List<String[]> table(String page, String name) {
        return Arrays.stream(lines(page, name))
                .skip(2)
                .map(PersistentOccupancyTest::cells)
                .toList();
    }

    private static String[] cells(String line) {
        return line.substring(2, line.length() - 2).split(" \\| ");
    }

    @Test
    void theWidestLayersAreTheStatedOnes() {
        assertTrue(cards.size() >= 5);
        for (String[] card : cards) {
            for (PersistentPlan.Form form : PersistentPlan.Form.values()) {
                int stated = Integer.parseInt(card[form == PersistentPlan.Form.SINGLE ? 4 : 5]);
                for (int batch : BATCHES) {
                    assertEquals(stated, widest(card, form, batch), card[1] + " " + form + " B " + batch);
                }
            }
        }
    }

    /** The first H without a plan, less one; beyond it there is none either. */
    private static int widest(String[] card, PersistentPlan.Form form, int batch) {
        int widest = 0;
        for (int hidden = 1; hidden <= 2600; hidden++) {
            PersistentPlan plan =
                    PersistentPlan.of(form, limits(card), batch, hidden).plan();
            if (plan != null) {
                assertEquals(widest + 1, hidden, card[1] + ": a gap");
                widest = hidden;
                holdsABlock(card, plan);
            }
        }
        return widest;
    }

    private static Device.Limits limits(String[] card) {
        int shared = Integer.parseInt(card[3]) << 10;
        return new Device.Limits(Integer.parseInt(card[2]), REGISTERS_OF_MULTIPROCESSOR, shared, true);
    }

    private static void holdsABlock(String[] card, PersistentPlan plan) {
        for (String direction : List.of("forward", "backward")) {
            String kernel = plan.form().kernel(direction, plan.width());
            int[] used = RESOURCES.getOrDefault(kernel + card[0], mostOf(kernel));
            int registers = Kernel.THREADS * ((used[0] + 7) / 8 * 8); // given to a warp by 8 a thread
            assertTrue(registers <= REGISTERS_OF_MULTIPROCESSOR, kernel + " on " + card[1]);
            int shared = plan.shared() + used[1] + RESERVED;
            assertTrue(shared <= limits(card).shared() + RESERVED, kernel + " on " + card[1]);
        }
    }

    /** For an architecture that is not in the table. */
    private static int[] mostOf(String kernel) {
        int[] most = {0, 0};
        RESOURCES.forEach((name, used) -> {
            if (name.startsWith(kernel + "sm_")) {
                most[0] = Math.max(most[0], used[0]);
                most[1] = Math.max(most[1], used[1]);
            }
        });
        assertTrue(most[0] > 0, kernel);
        return most;
    }

    /** What the page says of blocks by registers. */
    @Test
    void narrowKernelsTakeFewerRegisters() {
        RESOURCES.forEach((name, used) -> {
            int width = Integer.parseInt(name.split("_")[2].replace("sm", ""));
            int blocks = REGISTERS_OF_MULTIPROCESSOR / (Kernel.THREADS * ((used[0] + 7) / 8 * 8));
            boolean alone = width >= (name.startsWith("single") ? 192 : 1024);
            assertTrue(alone ? blocks == 1 : blocks >= 1 && blocks <= 5, name + ": " + blocks);
        });
    }
}
