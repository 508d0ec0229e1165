package org.bptt4j.roofline;

/** What the model must know of a card and of the host, each with where its values are from. */
enum Quantity {
    MULTIPROCESSORS("multiprocessors", "the makers' data sheets"),
    LANES("float32 lanes of each", "data sheets"),
    CLOCK("clock, GHz", "boost clock of the data sheets; what a card holds under load is lower"),
    TF32(
            "TF32 products, TFLOP/s",
            "data sheets, dense; not used by the model: on GeForce no more than float32, as NVIDIA/cutlass discussion 390 says of a 3080"),
    DRAM("memory, GB/s", "data sheets"),
    L2_SIZE("L2, MiB", "data sheets"),
    L2(
            "L2 reads, GB/s",
            "te42kyfo/gpu-benches: \"about 5.x TB/s\" on H100 PCIe, 2544 on V100; 4060: 32 bytes a cycle from each of 16 slices, "
                    + "as smallscientist1/cuda_microbenchmark counts them on a 4090 and nearly measures"),
    L2_LATENCY(
            "L2 latency, cycles",
            "gpu-benches 214 on V100; arXiv 2606.22588 about 279 on an L40 (Ada); H100 by likeness"),
    DRAM_LATENCY("memory latency, cycles", "gpu-benches 436 on V100; the others are guesses"),
    SHARED("shared memory of a block, KiB", "CUDA programming guide"),
    REGISTERS("registers of a block", "CUDA programming guide"),
    LAUNCH("queueing a kernel, µs of host time", "2 to 5 in many reports; CUDA.jl's manual: 3.3 from a managed host"),
    BINDING("more through JCuda, µs", "its walk over the pointers of the arguments; guessed from its source"),
    GRAPH_LAUNCH(
            "queueing a graph, µs",
            "NVIDIA's blog, Constant time launch for straight-line CUDA graphs: 2.5 from CUDA 12.6 on"),
    KERNEL(
            "a kernel's start behind another, µs of the card",
            "CUDA.jl's manual: 80 kernels in a graph 70 µs; in a stream taken as the same"),
    BARRIER(
            "barrier of all blocks, µs",
            "Zhang et al. 2020, A Study of Single and Multi-device Synchronization Methods, and others: 1.1 to 1.4 on V100 and A100"),
    FMA_LATENCY("latency of a multiply-add, cycles", "Jia et al. 2018 (arXiv 1804.06826)"),
    SHARED_LATENCY(
            "of shared memory",
            "sjfeng1999/gpu-arch-microbenchmark: 23 on Turing; a barrier of the block taken as the same"),
    EXCHANGE_LATENCY("of a shuffle with selection and sum", "shuffle 23 to 25, and two operations of 4 to 6"),
    ACTIVATION("of the activation and the store, cycles", "a guess from the length of tanhf"),
    UPLOAD("batch to the card, GB/s", "one core's copy into pinned memory; PCIe is faster"),
    REPORT("the wait for the report, µs", "a copy of 24 bytes and a wakeup");

    final String title;
    final String source;

    Quantity(String title, String source) {
        this.title = title;
        this.source = source;
    }
}
