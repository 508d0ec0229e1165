package org.bptt4j.io;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The element types this library reads and writes; the constants' names are the ones in the file. */
public enum DType {
    /** IEEE 754 binary32, held as {@code float[]}. */
    F32(4),
    /** IEEE 754 binary64, held as {@code double[]}. */
    F64(8),
    /** Signed 64-bit integer, held as {@code long[]}. */
    I64(8),
    /** Signed 32-bit integer, held as {@code int[]}. */
    I32(4);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }

    /** The type that a file calls {@code name}, or empty if this library does not read it. */
    static Optional<DType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /** All names, for messages: {@code F32, F64, I64, I32}. */
    static String supported() {
        return Arrays.stream(values()).map(DType::name).collect(Collectors.joining(", "));
    }
}
