#!/usr/bin/env bash
# Whether a bundle runs to the end by itself: benchmarks/gpu-check.sh [BUNDLE.tar.xz]
# Makes one if none is named, unpacks it into an empty folder, runs its gpu.sh there against the software device with nothing of this
# user's environment, and looks for each part of the report. Takes some minutes. The report is left in target/gpu-check.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
repository=$PWD
bundle=${1:-}
[ -z "$bundle" ] || bundle=$(cd "$(dirname "$bundle")" && pwd)/$(basename "$bundle")
[ -f target/softgpu/libcuda.so.1 ] || bash src/test/softgpu/build.sh target/softgpu

empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
if [ -z "$bundle" ]; then
    bundle=$empty/bundle.tar.xz
    benchmarks/bundle.sh "$bundle"
fi
mkdir "$empty/home" "$empty/libraries" "$empty/here"
cp target/softgpu/lib{cuda,cublas}.so.1* "$empty/libraries/"
cd "$empty/here"
tar -xf "$bundle"
bundle=$empty/here/bptt4j-gpu
status=0
env -i PATH=/usr/bin:/bin HOME="$empty/home" \
    bash "$bundle/gpu.sh" --cuda-libraries "$empty/libraries" --out report.txt || status=$?
cp report.txt "$repository/target/gpu-check.txt"

problems=0
problem() {
    echo "gpu-check: $*" >&2
    problems=$((problems + 1))
}
[ "$status" -eq 0 ] || problem "gpu.sh ended with $status"
while read -r class; do
    grep -q "^==== tests ${class##*.}: ok" report.txt || problem "$class did not pass"
done <"$bundle/card-tests"
for section in machine nvidia-smi doctor probe "bench 4,6,5,9,3 on the CPU" "bench 2,5,8,33,4,relu, persistent"; do
    grep -q "^==== $section: ok" report.txt || problem "no section $section that is ok"
done
for text in "^bptt4j on a card: .*Software CUDA device" "^commit " '"probe":"nodes of a graph","count":' '"sweep":"graph",' "^==== end"; do
    grep -q "$text" report.txt || problem "nothing like $text in the report"
done
! grep -q -e "$repository" -e "$empty" report.txt || problem "the report names folders of this machine"
[ -z "$(ls -A "$empty/home")" ] || problem "something was left in the home folder: $(ls -A "$empty/home")"
[ "$problems" -eq 0 ] && echo "gpu-check: passed, report in target/gpu-check.txt"
