package org.bptt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.bptt4j.cli.BenchVerdict.Pair;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the benchmark says about made-up times. */
class BenchVerdictTest {
    /** Ordered by the work of a time step: H grows; the rows of H = 128 differ in T only. */
    private static final String SMALL = "1,10,64,32,8";

    private static final String MIDDLE = "1,10,64,128,8";
    private static final String MIDDLE_LONG = "1,1000,64,128,8";
    private static final String LARGE = "1,10,64,512,8,relu,2";

    private static final String ORDER = "by the work of a time step, ";

    /** Milliseconds "CPU:card" for each of the rows; "-" where it was not measured. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2:1 | 2:1 | 2:1 | 2:1 | cuda:0 is faster than the CPU in all 4 rows",
                "1:2 | 1:2 | 1:2 | 1:2 | cuda:0 is not faster than the CPU in any of the 4 rows",
                "1:1 | 1:1 | -   | 1:1 | cuda:0 is not faster than the CPU in any of the 3 rows",
                "-   | 2:1 | -   | -   | cuda:0 is faster than the CPU in the one row measured",
                "-   | 1:2 | -   | -   | cuda:0 is not faster than the CPU in the one row measured",
                "-   | 1:1 | -   | -   | cuda:0 is not faster than the CPU in the one row measured",
                "1:2 | 2:1 | 2:1 | 2:1 | FROM 1,10,64,128,8 on (0.137 MFLOP a time step), not in the smaller rows",
                "1:2 | 1:2 | 2:1 | 2:1 | FROM 1,1000,64,128,8 on (0.137 MFLOP a time step), not in the smaller rows",
                "1:2 | 1:2 | 1:2 | 2:1 | FROM 1,10,64,512,8,relu,2 on (4.87 MFLOP a time step), not in the smaller rows",
                "2:1 | 1:2 | 1:1 | 2:1 | FROM 1,10,64,512,8,relu,2 on (4.87 MFLOP a time step), not in the smaller rows"
                        + " but for 1,10,64,32,8",
                "2:1 | 2:1 | 1:1 | 2:1 | FROM 1,10,64,512,8,relu,2 on (4.87 MFLOP a time step), not in the smaller rows"
                        + " but for 1,10,64,32,8; 1,10,64,128,8",
                "2:1 | 1:2 | 2:1 | 1:2 | there is no size from which on cuda:0 is faster than the CPU; it is for"
                        + " 1,10,64,32,8; 1,1000,64,128,8",
            })
    void sentences(String small, String middle, String middleLong, String large, String expected) {
        List<Pair> pairs = Arrays.asList(
                pair(SMALL, small), pair(MIDDLE, middle), pair(MIDDLE_LONG, middleLong), pair(LARGE, large));
        pairs = pairs.stream().filter(p -> p.cpu() > 0).collect(Collectors.toList());
        String sentence = expected.replace("FROM", ORDER + "cuda:0 is faster than the CPU from");
        if (sentence.startsWith("there")) {
            sentence = ORDER + sentence;
        }
        assertEquals(sentence, BenchVerdict.sentence("cuda:0", pairs));
        Collections.reverse(pairs);
        assertEquals(sentence, BenchVerdict.sentence("cuda:0", pairs), "in whatever order they were measured");
    }

    private static Pair pair(String config, String times) {
        if (times.equals("-")) {
            return new Pair(BenchConfig.parse(config), 0, 0);
        }
        String[] ms = times.split(":", 2);
        return new Pair(BenchConfig.parse(config), Double.parseDouble(ms[0]), Double.parseDouble(ms[1]));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {SMALL, MIDDLE_LONG, LARGE, "2,3,4,5,6,tanh,2", "2,3,4,5,6,lstm,1", "2,3,4,5,6,gru,3"})
    void theTextOfAConfigurationIsWhatParseReads(String text) {
        assertEquals(text, BenchConfig.parse(text).text());
    }
}
