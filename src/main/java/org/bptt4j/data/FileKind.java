package org.bptt4j.data;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bptt4j.spec.ShellWord;

/** What a file that is no text in UTF-8 is, as far as its first bytes tell. */
final class FileKind {
    /** Bytes to look at. */
    static final int HEAD = 1024;

    private static final int LEAST_ZEROS = 8;
    /** Stands for the command that makes the file UTF-8. */
    private static final String FROM = "; make it UTF-8: iconv -f ";

    private static final String UTF_16 = "text in UTF-16" + FROM + "UTF-16";
    private static final String UTF_32 = "text in UTF-32" + FROM + "UTF-32";
    private static final String UNPACK = "; give the text that is in it";

    /** By the first bytes in hexadecimal; the longer ones come first. */
    private static final Map<String, String> BEGINNINGS = new LinkedHashMap<>();

    static {
        BEGINNINGS.put("fffe0000", UTF_32);
        BEGINNINGS.put("0000feff", UTF_32);
        BEGINNINGS.put("fffe", UTF_16);
        BEGINNINGS.put("feff", UTF_16);
        BEGINNINGS.put("1f8b", "an archive of gzip" + UNPACK);
        BEGINNINGS.put("28b52ffd", "an archive of zstd" + UNPACK);
        BEGINNINGS.put("425a68", "an archive of bzip2" + UNPACK);
        BEGINNINGS.put("fd377a585a00", "an archive of xz" + UNPACK);
        BEGINNINGS.put(
                "504b0304",
                "a zip archive or a workbook (.xlsx, .ods); give the text that is in it, of a workbook its CSV");
        BEGINNINGS.put("d0cf11e0", "a workbook or document of an old Office; save it as text, a workbook as CSV");
        BEGINNINGS.put("50415231", "a Parquet file; save it as CSV");
        BEGINNINGS.put("894844460d0a1a0a", "an HDF5 file; save it as CSV");
        BEGINNINGS.put("934e554d5059", "an array of NumPy; save it as CSV");
        BEGINNINGS.put("25504446", "a PDF document; give the text that is in it");
    }

    private FileKind() {}

    /** The command that makes {@code file} UTF-8, in a file beside it. */
    static String toUtf8(String encoding, Path file) {
        return "iconv -f " + encoding + rest(file);
    }

    private static String rest(Path file) {
        return " -t UTF-8 " + ShellWord.ofFile(file.toString()) + " > " + ShellWord.ofFile(file + ".utf8");
    }

    /** What it is and what to do, or nothing if nobody knows. */
    static Optional<String> of(byte[] head, int length, Path file) {
        return of(head, length).map(kind -> kind.contains(FROM) ? kind + rest(file) : kind);
    }

    private static Optional<String> of(byte[] head, int length) {
        String hex = HexFormat.of().formatHex(head, 0, length);
        return BEGINNINGS.keySet().stream()
                .filter(hex::startsWith)
                .findFirst()
                .map(BEGINNINGS::get)
                .or(() -> withoutMark(head, length));
    }

    /** Of text in the alphabets of Europe every other byte is zero. */
    private static Optional<String> withoutMark(byte[] head, int length) {
        int[] zeros = new int[2];
        for (int i = 0; i < length; i++) {
            zeros[i % 2] += head[i] == 0 ? 1 : 0;
        }
        int most = Math.max(LEAST_ZEROS, length / 4); // half of every other byte
        if (zeros[1] > most && zeros[0] == 0) {
            return Optional.of(UTF_16 + "LE");
        }
        return zeros[0] > most && zeros[1] == 0 ? Optional.of(UTF_16 + "BE") : Optional.empty();
    }
}
