package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableWriterTest {
    private static double value(long row, int column) {
        return row + column / 16.0;
    }

    /** In memory, and in blocks that hold whole rows or only one, last ones full or not. */
    @ParameterizedTest
    @CsvSource({
        "0,3,240",
        "9,3,240",
        "10,3,240",
        "11,3,240",
        "95,3,256",
        "100,3,240",
        "7,5,8",
        "5000,1,4096",
        "999,2,33554432"
    })
    void givesBackWhatWasAdded(int rows, int columns, int bytes) throws IOException {
        List<Path> before = temporary();
        Table table;
        try (TableWriter writer = new TableWriter(columns, bytes)) {
            double[] row = new double[columns];
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    row[c] = value(r, c);
                }
                writer.add(row);
            }
            table = writer.table();
        }
        assertEquals(before, temporary(), "a file is left behind");
        assertEquals(rows, table.rows());
        assertEquals(columns, table.columns());
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                assertEquals(value(r, c), table.value(r, c));
            }
        }
    }

    private static List<Path> temporary() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(f -> f.toString().endsWith(".table")).sorted().toList();
        }
    }

    @Test
    void refusesRowsOfAnotherWidth() throws IOException {
        try (TableWriter writer = new TableWriter(2)) {
            assertThrows(IllegalArgumentException.class, () -> writer.add(new double[3]));
        }
    }

    @Test
    void columnsInMemoryMustFitTogether() {
        assertThrows(IllegalArgumentException.class, () -> Table.of(new double[3], new double[2]));
    }
}
