#!/usr/bin/env bash
# The gate: every kernel compiles for every generation of cards, with no spills and no stack; and the PTX that ships assembles.
set -eu
kernels=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ptx=$kernels/../src/main/resources/org/bptt4j/backend/cuda/bptt4j.ptx
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for arch in 75 80 90 100 120; do
    nvcc -std=c++17 -arch="sm_$arch" -cubin -Xptxas -v -o "$work/cubin" "$kernels/bptt4j.cu" 2>"$work/log" \
        || { cat "$work/log" >&2; exit 1; }
    ptxas -arch="sm_$arch" -v -o "$work/cubin" "$ptx" 2>>"$work/log" || { cat "$work/log" >&2; exit 1; }
    bytes=$(grep -c 'bytes stack frame' "$work/log" || true)
    clean=$(grep -c ' 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads' "$work/log" || true)
    if [ "$bytes" -eq 0 ] || [ "$bytes" -ne "$clean" ]; then
        echo "sm_$arch: spills or stack in $((bytes - clean)) of $bytes kernels" >&2
        grep -B1 'bytes stack frame' "$work/log" >&2
        exit 1
    fi
    echo "sm_$arch: $bytes kernels, no spills, no stack"
done
