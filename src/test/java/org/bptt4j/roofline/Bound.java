package org.bptt4j.roofline;

/** What time is spent on. */
enum Bound {
    LAUNCH("launches"),
    UPLOAD("upload"),
    KERNEL("kernel starts"),
    LATENCY("latency"),
    BARRIER("barriers"),
    FMA("multiply-adds"),
    SHARED("shared memory, shuffles"),
    L2("L2"),
    DRAM("memory"),
    REPORT("report");

    final String title;

    Bound(String title) {
        this.title = title;
    }
}
