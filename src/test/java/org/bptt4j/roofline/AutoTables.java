package org.bptt4j.roofline;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bptt4j.backend.Costs;
import org.bptt4j.backend.Workload;
import org.bptt4j.backend.cpu.CpuModel;
import org.bptt4j.backend.cuda.CardModel;
import org.bptt4j.spec.Cell;
import org.bptt4j.spec.RnnSpec;

/** What auto takes, as tables in Markdown: the estimates of the backends themselves, for machines and cards that are only described. */
final class AutoTables {
    private static final int LANES = 16;
    private static final int[] THREADS = {2, 16};
    private static final List<Card> CARDS = Card.SHOWN;
    private static final int[] SIZES = {32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048};

    private AutoTables() {}

    /** The page with the tables of today's constants. */
    static String withTables(String page) {
        String estimates = Page.replace(page, "estimates", estimates());
        return Page.replace(estimates, "least", least());
    }

    /** The driver's words for what the data sheet says. */
    static Costs.Card figures(Card card) {
        return new Costs.Card(
                card.name(),
                card.get(Quantity.MULTIPROCESSORS),
                card.get(Quantity.LANES),
                1e3 * card.get(Quantity.CLOCK),
                card.get(Quantity.L2_SIZE),
                card.get(Quantity.DRAM));
    }

    /** The demo, the plain rows of docs/benchmarks.md, and five of them with gates. */
    private static List<Workload> workloads() {
        Stream<Workload> demo = Stream.of(Workload.training(RnnSpec.of(1, 64, 1), 16, 120));
        Stream<Workload> gated = Stream.of(Cell.LSTM, Cell.GRU)
                .flatMap(cell -> Row.GRID.stream().limit(5).map(row -> workload(row, cell)));
        return Stream.of(demo, Row.GRID.stream().map(row -> workload(row, Cell.TANH)), gated)
                .flatMap(s -> s)
                .toList();
    }

    private static Workload workload(Row row, Cell cell) {
        RnnSpec net = RnnSpec.of(row.input(), row.hidden(), row.output()).withCell(cell);
        return Workload.training(net, row.batch(), row.steps());
    }

    private static String estimates() {
        List<String> head = new ArrayList<>(List.of("B,T,I,H,O"));
        for (int threads : THREADS) {
            head.add("CPU, " + threads + " threads, ms");
        }
        CARDS.forEach(card -> head.add(card.name() + ", ms"));
        for (int threads : THREADS) {
            CARDS.forEach(card -> head.add("auto: " + threads + " threads, " + card.name()));
        }
        StringBuilder table = Tables.head(head);
        for (Workload w : workloads()) {
            RnnSpec net = w.net();
            String cell = net.cell().equals(Cell.TANH) ? "" : "," + net.cell();
            List<String> cells = new ArrayList<>(List.of(w.rows() + "," + w.steps() + "," + net.inputSize() + ","
                    + net.hiddenSize() + "," + net.outputSize() + cell));
            for (int threads : THREADS) {
                cells.add(Tables.number(CpuModel.millis(threads, LANES, w)));
            }
            CARDS.forEach(card -> cells.add(Tables.number(CardModel.millis(figures(card), w))));
            for (int threads : THREADS) {
                CARDS.forEach(card -> cells.add(takesCard(threads, card, w) ? "card" : "cpu"));
            }
            Tables.line(table, cells);
        }
        return table.toString();
    }

    private static boolean takesCard(int threads, Card card, Workload w) {
        return Costs.builtIn().margin() * CardModel.millis(figures(card), w) <= CpuModel.millis(threads, LANES, w);
    }

    /** The smallest H of some for which auto takes the card. */
    private static String least() {
        List<String> head = new ArrayList<>(List.of("cell", "B"));
        for (int threads : THREADS) {
            CARDS.forEach(card -> head.add(threads + " threads, " + card.name()));
        }
        StringBuilder table = Tables.head(head);
        for (Cell cell : List.of(Cell.TANH, Cell.LSTM)) {
            for (int batch : new int[] {1, 4, 16, 64, 256}) {
                List<String> cells = new ArrayList<>(List.of(cell.name(), String.valueOf(batch)));
                for (int threads : THREADS) {
                    CARDS.forEach(card -> cells.add(least(threads, card, cell, batch)));
                }
                Tables.line(table, cells);
            }
        }
        return table.toString();
    }

    private static String least(int threads, Card card, Cell cell, int batch) {
        for (int hidden : SIZES) {
            RnnSpec net = RnnSpec.of(64, hidden, 64).withCell(cell);
            if (takesCard(threads, card, Workload.training(net, batch, 200))) {
                return String.valueOf(hidden);
            }
        }
        return "–";
    }
}
