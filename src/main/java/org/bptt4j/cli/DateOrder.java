package org.bptt4j.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the cells of a column are dates, and whether they run forward in time. Takes the column's cells one by one. */
final class DateOrder {
    /** 2020-01-31, 2020/1/31, 2020.1.31, 2020-01 or 20200131, with a time behind it or without. */
    private static final Pattern YEAR_FIRST = Pattern.compile(
            "(?<y>\\d{4})"
                    + "(?:([-/.])(?<m>\\d{1,2})\\2(?<d>\\d{1,2})|[-/](?<month>\\d{1,2})|(?<mm>\\d{2})(?<dd>\\d{2}))(?:[T ](?<time>.*))?");
    /** 31.01.2020 or 1/31/2020, with a time behind it or without. */
    private static final Pattern YEAR_LAST =
            Pattern.compile("(?<d>\\d{1,2})([-/.])(?<m>\\d{1,2})\\2(?<y>\\d{4})(?:[T ](?<time>.*))?");

    private static final Pattern TIME = Pattern.compile("(\\d{1,2}):(\\d{2})(?::(\\d{2}))?(.*)");
    /** Forms whose order is that of their characters. */
    private static final Pattern SORTED = Pattern.compile("\\d{4}-\\d\\d-\\d\\d(?:[T ]\\d\\d:[\\d:.]*Z?)?");

    private static final int NOON = 12;
    private static final int SECONDS_OF_DAY = 86_400;
    private static final int DAYS_OF_MONTH = 31;
    private static final int MONTHS = 12;
    /** Clocks are put back in autumn. */
    private static final long TOLERANCE = 7_200;

    /** Dates as 31/12/2020 and as 12/31/2020: one of the two stays possible, or both. */
    private final Reading dayFirst = new Reading();

    private final Reading monthFirst = new Reading();
    private String previous;
    /** Whether dates of the previous one's form are in the order of their characters. */
    private boolean sorted;
    /** Whether the readings have not seen the previous date. */
    private boolean behind;

    private long runs;
    private long rowsOfRun;
    private long rowsOfFirstRun;
    private boolean equalRuns = true;

    /** One way to read the dates, and where it makes them go back. */
    private static final class Reading {
        private boolean possible = true;
        private long last = Long.MIN_VALUE;
        private long jumps;
        private String jump;

        private void see(long year, long month, long day, long second) {
            possible = possible && month >= 1 && month <= MONTHS && day >= 1 && day <= DAYS_OF_MONTH;
            last = ((year * (MONTHS + 1) + month) * (DAYS_OF_MONTH + 1) + day) * SECONDS_OF_DAY + second;
        }
    }

    /** Takes the next cell; false if it is no date, so that the column is none of dates. */
    boolean see(String cell, long line) {
        rowsOfRun++;
        if (cell.equals(previous)) {
            return true;
        }
        if (isLater(cell)) {
            endRun();
            previous = cell;
            behind = true;
            return true;
        }
        if (behind) {
            read(previous);
            behind = false;
        }
        long dayLast = dayFirst.last;
        long monthLast = monthFirst.last;
        if (!read(cell)) {
            return false;
        }
        long tolerance = cell.indexOf(':') >= 0 ? TOLERANCE : 0;
        note(dayFirst, dayLast - tolerance, cell, line);
        note(monthFirst, monthLast - tolerance, cell, line);
        endRun();
        previous = cell;
        sorted = SORTED.matcher(cell).matches();
        return true;
    }

    /** Most dates are as the one before, only later in the order of their characters: that need not be read. */
    private boolean isLater(String cell) {
        if (!sorted || cell.length() != previous.length() || cell.compareTo(previous) < 0) {
            return false;
        }
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            if (c != previous.charAt(i) && !(isDigit(c) && isDigit(previous.charAt(i)))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void note(Reading reading, long least, String cell, long line) {
        if (previous != null && reading.last < least) {
            reading.jumps++;
            if (reading.jumps == 1) {
                reading.jump = "line " + line + ": it goes back from '" + Printable.of(previous) + "' to '"
                        + Printable.of(cell) + "'";
            }
        }
    }

    private boolean read(String cell) {
        Matcher date = YEAR_FIRST.matcher(cell);
        if (date.matches()) {
            String month = first(date, "m", "month", "mm");
            String day = first(date, "d", "dd");
            monthFirst.possible = false;
            return see(date, month, day == null ? "1" : day);
        }
        date = YEAR_LAST.matcher(cell);
        return date.matches() && see(date, date.group("m"), date.group("d"));
    }

    private static String first(Matcher date, String... groups) {
        for (String group : groups) {
            if (date.group(group) != null) {
                return date.group(group);
            }
        }
        return null;
    }

    private boolean see(Matcher date, String month, String day) {
        long second = second(date.group("time"));
        long year = Long.parseLong(date.group("y"));
        dayFirst.see(year, Long.parseLong(month), Long.parseLong(day), second);
        monthFirst.see(year, Long.parseLong(day), Long.parseLong(month), second);
        return second >= 0 && (dayFirst.possible || monthFirst.possible);
    }

    /** The second of the day, or −1. */
    private static long second(String time) {
        if (time == null) {
            return 0;
        }
        Matcher m = TIME.matcher(time);
        if (!m.matches()) {
            return -1;
        }
        String half = m.group(4).strip().toLowerCase(Locale.ROOT).replace(".", "");
        long hour = Long.parseLong(m.group(1));
        if (half.startsWith("am") || half.startsWith("pm")) {
            hour = hour % NOON + (half.startsWith("p") ? NOON : 0);
        }
        long second = m.group(3) == null ? 0 : Long.parseLong(m.group(3));
        return (hour * 60 + Long.parseLong(m.group(2))) * 60 + second;
    }

    private void endRun() {
        if (runs == 1) {
            rowsOfFirstRun = rowsOfRun - 1;
        } else if (runs > 1) {
            equalRuns &= rowsOfRun - 1 == rowsOfFirstRun;
        }
        runs++;
        rowsOfRun = 1;
    }

    /** Rows of each date if all dates are in as many rows one after another, or 0. */
    long rowsOfEachDate() {
        return runs > 1 && equalRuns && rowsOfRun <= rowsOfFirstRun ? rowsOfFirstRun : 0;
    }

    /** How often the dates go back, in whichever way they are read. */
    long jumps() {
        return reading().jumps;
    }

    /** "line 62: it goes back from '2020-03-01' to '2020-01-01'", the first place where it does. */
    String jump() {
        return reading().jump;
    }

    private Reading reading() {
        boolean month = monthFirst.possible && (!dayFirst.possible || monthFirst.jumps < dayFirst.jumps);
        return month ? monthFirst : dayFirst;
    }
}
