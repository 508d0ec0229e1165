#!/usr/bin/env bash
# Makes the PTX that ships in the jar: for compute_75, which every card since Turing can run, with its version line lowered to
# 7.0, so that every driver since CUDA 11 accepts it. Another nvcc gives another text: the first line records which.
#   kernels/build.sh [FOLDER [FILE.cu…]]    writes the modules there (default: those that ship, to where they are committed)
set -eu
kernels=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$kernels/../src/main/resources/org/bptt4j/backend/cuda}
[ $# -gt 1 ] && shift || set -- "$kernels"/{bptt4j,persistent_single,persistent_sliced}.cu
mkdir -p "$out"
release=$(nvcc --version | sed -n 's/.*, V\([0-9.]*\)$/\1/p')
made=$(mktemp)
trap 'rm -f "$made"' EXIT
for source in "$@"; do
    module=$(basename "$source" .cu)
    nvcc -std=c++17 -arch=compute_75 -ptx -o "$made" "$source"
    {
        echo "// $module kernels; nvcc $release"
        # Comments hold the compiler's build number, which is no part of the code.
        sed -e '/^\/\//d' -e 's/^\.version .*/.version 7.0/' "$made"
    } >"$out/$module.ptx"
done
