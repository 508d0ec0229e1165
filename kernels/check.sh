#!/usr/bin/env bash
# The gate: what the driver will do with the PTX that ships, for every generation of cards: it assembles, with no spills and no
# stack in any kernel.
#   kernels/check.sh [FILE…]    (default: the committed modules)
set -eu
kernels=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -gt 0 ] || set -- "$kernels"/../src/main/resources/org/bptt4j/backend/cuda/*.ptx
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for ptx in "$@"; do
    for arch in 75 80 90 100 120; do
        ptxas -arch="sm_$arch" -v -o /dev/null "$ptx" 2>"$log" || { cat "$log" >&2; exit 1; }
        all=$(grep -c 'bytes stack frame' "$log" || true)
        clean=$(grep -c ' 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads' "$log" || true)
        if [ "$all" -eq 0 ] || [ "$all" -ne "$clean" ]; then
            grep -B1 'bytes stack frame' "$log" >&2 || true
            echo "sm_$arch: spills or stack in $((all - clean)) of $all kernels of $(basename "$ptx")" >&2
            exit 1
        fi
        echo "sm_$arch: $all kernels of $(basename "$ptx"), no spills, no stack"
    done
done
