#!/usr/bin/env bash
# Whether a bundle runs to the end by itself, on machines of several kinds: benchmarks/gpu-check.sh [BUNDLE]
# Makes one if none is named, unpacks it into an empty folder, and runs its gpu.sh there against the software device with nothing of this
# user's environment: all of it once, doctor, smoke and a row of the grid for each other kind. The reports are left in target/gpu-check.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
repository=$PWD
bundle=${1:-}
[ -z "$bundle" ] || bundle=$(cd "$(dirname "$bundle")" && pwd)/$(basename "$bundle")
bash src/test/softgpu/build.sh target/softgpu

empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
if [ -z "$bundle" ]; then
    bundle=$empty/bundle.tar.gz
    benchmarks/bundle.sh "$bundle"
fi
echo "bundle: $(stat -c %s "$bundle") bytes"
reports=$repository/target/gpu-check
rm -rf "$reports"
mkdir -p "$empty/here" "$reports"
cd "$empty/here"
tar -xf "$bundle"
bundle=$empty/here/bptt4j-gpu
sed 's/^/bundle: /' "$bundle/VERSION"

# Folders as the layouts have them: the driver's library where the system looks, cuBLAS where a package puts it.
soft=$repository/target/softgpu
blas() {
    mkdir -p "$2"
    cp "$soft/libcublas.so.$1" "$2/"
}
mkdir -p "$empty/driver" "$empty/both" "$empty/home"
cp "$soft/libcuda.so.1" "$empty/driver/"
cp "$soft/libcuda.so.1" "$soft/libcublas.so.12" "$empty/both/"
blas 12 "$empty/venv/lib/python3.12/site-packages/nvidia/cublas/lib"
blas 12 "$empty/conda/lib"
blas 13 "$empty/venv13/lib/python3.12/site-packages/nvidia/cu13/lib"

problems=0
report=
problem() {
    echo "gpu-check: $name: $*" >&2
    problems=$((problems + 1))
}

# variant NAME EXIT-CODE VARIABLE=VALUE… -- OPTION…: runs gpu.sh in that environment; its report is that of the variant.
variant() {
    name=$1
    local code=$2 status=0 from=$SECONDS environment=()
    shift 2
    while [ "$1" != -- ]; do
        environment+=("$1")
        shift
    done
    shift
    report=$(printf '%s' "$name" | tr -cs 'A-Za-z0-9' -).txt
    env -i PATH=/usr/bin:/bin HOME="$empty/home" "${environment[@]}" bash "$bundle/gpu.sh" --out "$report" "$@" 2>"$reports/log" || status=$?
    [ "$status" -eq "$code" ] || problem "gpu.sh ended with $status, not $code: $(tail -n 3 "$reports/log")"
    [ -z "$(ls -A "$empty/home")" ] || problem "something was left in the home folder: $(ls -A "$empty/home")"
    if [ -f "$report" ]; then
        ! grep -q -e "$repository" -e "$empty/home" -e "$bundle" "$report" || problem "the report names folders of this machine"
        cp "$report" "$reports/"
    fi
    printf 'variant %-55s %3d s, exit code %s\n' "$name:" $((SECONDS - from)) "$status"
}

# has TEXT…: lines of the report begin so, in the summary or below.
has() {
    local text
    for text in "$@"; do
        grep -q "$text" "$report" || problem "nothing like '$text' in the report"
    done
}

some=(--minutes 9 --steps machine,doctor,smoke,grid --rows 1)
right=("^==== doctor, in the environment as it is: ok" "^==== doctor: ok" "^==== smoke: ok" "^==== grid: ok" "^ok  *layer tanh 4,6,5,9 sliced float32" "^==== end")

variant "libraries in a folder, nine minutes, all steps" 0 -- --minutes 9 --cuda-libraries "$empty/both"
has "^bptt4j on a card: .*Software CUDA device" "^commit " "${right[@]}" "^==== cudnn: " "^==== probe: ok" \
    '"probe":"nodes of a graph","count":' '"item":"smoke graph gru float32","state":"ok"' \
    '"item":"layer gru 3,4,2,5 single float32","state":"not offered","why":"no persistent kernel for the cell gru'
while read -r class _ fast; do
    has "^==== tests ${class##*.}: $([ -n "$fast" ] && echo ok || echo "no time")"
done < <(sed '/^#/d' "$bundle/card-tests")
! grep -q '"state":"FAILED"' "$report" || problem "something failed"

variant "pip's layout" 0 VIRTUAL_ENV="$empty/venv" LD_LIBRARY_PATH="$empty/driver" -- "${some[@]}"
has "${right[@]}"
variant "conda's layout" 0 CONDA_PREFIX="$empty/conda" LD_LIBRARY_PATH="$empty/driver" -- "${some[@]}"
has "${right[@]}"
variant "CUDA 13 only, in pip's layout" 0 VIRTUAL_ENV="$empty/venv13" LD_LIBRARY_PATH="$empty/driver" SOFTGPU_DRIVER_VERSION=13000 \
    -- "${some[@]}"
has "${right[@]}" 'libcublas.so.13' "turned to it in memory"
# Nobody writes there, not even root.
variant "read-only home" 0 HOME=/proc -- "${some[@]}" --cuda-libraries "$empty/both"
has "${right[@]}"
variant "JIT cache off, launches that wait, products in TF32" 0 CUDA_CACHE_DISABLE=1 CUDA_LAUNCH_BLOCKING=1 NVIDIA_TF32_OVERRIDE=1 \
    -- "${some[@]}" --cuda-libraries "$empty/both"
has "${right[@]}" "^put off while measuring: .*CUDA_CACHE_DISABLE=1" "CUDA_CACHE_DISABLE is 1; unset it"
variant "tensor cores" 0 SOFTGPU_COMPUTE_CAPABILITY=80 -- "${some[@]}" --cuda-libraries "$empty/both"
has "${right[@]}" "^ok  *smoke graph lstm bf16" "^ok  *smoke sliced relu tf32" "^ok  *layer tanh 4,6,5,9 graph bf16"
variant "persistent kernels that never end" 1 SOFTGPU_WATCHDOG=300 -- "${some[@]}" --cuda-libraries "$empty/both"
has "^==== smoke: FAILED" "^FAILED  *smoke sliced tanh float32: .*LAUNCH_TIMEOUT" "begun again behind what it was at" "^ok  *smoke steps lstm float32" \
    "^ok  *step tanh 4,6,5,9 steps float32" "^==== end"
variant "no driver" 1 -- --minutes 9
has "^bptt4j on a card: none that can train" "^==== doctor: FAILED" "^==== end"
echo 9.99 >"$bundle/glibc"
variant "a glibc that is too old" 2 -- "${some[@]}"
grep -q "this bundle's Java needs glibc 9.99 or newer" "$reports/log" || problem "$(cat "$reports/log")"

echo "gpu-check: $SECONDS s in all, $problems problems; reports in target/gpu-check"
[ "$problems" -eq 0 ] && echo "gpu-check: passed"
