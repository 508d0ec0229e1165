package org.bptt4j.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A shared library for 64-bit Linux whose need of another library can be turned to one of the same length of name. */
final class Elf {
    private static final int MAGIC = 0x464C457F;
    private static final int DYNAMIC = 6;
    private static final int VERSIONS_NEEDED = 0x6ffffffe;
    private static final int SECTION = 64;

    /** A section's header, as far as it is wanted. */
    private record Section(int type, int offset, int size, int link) {}

    private final ByteBuffer bytes;
    private final List<Section> sections = new ArrayList<>();

    /** @throws IllegalArgumentException if this is no such library */
    Elf(byte[] library) {
        bytes = ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN);
        if (library.length < SECTION || bytes.getInt(0) != MAGIC || library[4] != 2) {
            throw new IllegalArgumentException("not a 64-bit ELF file");
        }
        int first = Math.toIntExact(bytes.getLong(40));
        for (int i = 0; i < bytes.getShort(60); i++) {
            int at = first + i * SECTION;
            sections.add(new Section(
                    bytes.getInt(at + 4),
                    Math.toIntExact(bytes.getLong(at + 24)),
                    Math.toIntExact(bytes.getLong(at + 32)),
                    bytes.getInt(at + 40)));
        }
    }

    /**
     * The one need of the library {@code from}, and of its symbols' version of the same name, becomes one of {@code to}. The names are in
     * one string, the version's hash beside it is changed too.
     *
     * @throws IllegalArgumentException if there is not just one of each; nothing was changed then that is written anywhere
     */
    void retarget(String from, String to) {
        if (from.length() != to.length()) {
            throw new IllegalArgumentException(from + " and " + to + " differ in length");
        }
        Section dynamic = only(DYNAMIC);
        Section names = sections.get(dynamic.link());
        int changed = 0;
        for (int at = names.offset(); at < names.offset() + names.size(); at += text(at).length() + 1) {
            if (text(at).equals(from)) {
                bytes.put(at, to.getBytes(StandardCharsets.US_ASCII));
                changed++;
            } else if (text(at).endsWith(from)) {
                throw new IllegalArgumentException(text(at) + " shares its end with " + from);
            }
        }
        int versions = versions(names, to);
        if (changed != 1 || versions != 1) {
            throw new IllegalArgumentException("it names " + from + " " + changed + " times, and " + versions
                    + " versions of that name, in place of one of each");
        }
    }

    /** Versions have a hash beside their name, by which the loader looks for them. */
    private int versions(Section names, String name) {
        int changed = 0;
        int need = only(VERSIONS_NEEDED).offset();
        for (int next = -1; next != 0; need += next) {
            int version = need + bytes.getInt(need + 8);
            for (int i = 0; i < bytes.getShort(need + 2); i++) {
                if (text(names.offset() + bytes.getInt(version + 8)).equals(name)) {
                    bytes.putInt(version, hash(name));
                    changed++;
                }
                version += bytes.getInt(version + 12);
            }
            next = bytes.getInt(need + 12);
        }
        return changed;
    }

    private Section only(int type) {
        return sections.stream()
                .filter(section -> section.type() == type)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no section of type " + type));
    }

    private String text(int at) {
        int end = at;
        while (bytes.get(end) != 0) {
            end++;
        }
        return new String(bytes.array(), at, end - at, StandardCharsets.US_ASCII);
    }

    /** As the System V ABI defines it for symbols. */
    static int hash(String name) {
        int h = 0;
        for (byte c : name.getBytes(StandardCharsets.US_ASCII)) {
            h = (h << 4) + c;
            int g = h & 0xf0000000;
            h = (h ^ g >>> 24) & ~g;
        }
        return h;
    }
}
