package org.bptt4j.cli;

public final class Main {
    private Main() {}

    public static void main(String[] args) {}
}
