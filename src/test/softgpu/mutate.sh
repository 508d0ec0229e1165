#!/usr/bin/env bash
# Plants one fault after the other in the kernels and runs the CUDA backend's tests with each: all must fail. Not part of the
# build; needs nvcc and a built project (mvn test-compile).
#   src/test/softgpu/mutate.sh [FIRST [LAST]]    of the faults in mutants.txt, counted from 1
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(cd "$here/../../.." && pwd)
# Test classes come before the shipped ones: what lies there hides the PTX of the jar.
place=$home/target/test-classes/org/bptt4j/backend/cuda
shipped=$home/src/main/resources/org/bptt4j/backend/cuda
work=$(mktemp -d)
trap 'rm -rf "$work" "$place"/*.ptx' EXIT
cd "$home"

tests() { # of a source
    local test=CudaBackendTest
    [[ $1 != to_bf16* ]] || test=ToBf16Test
    [[ $1 != persistent* ]] || test='PersistentContractTest*#sweepsFollow*+rangesGive*+rowsAreZero*+rowsBeginAnew*,PersistentSweepTest#rowsAreDealtOut*+everyKernel*'
    [[ $1 != cursor* ]] || test=GraphSweepTest
    mvn -o -q surefire:test@default-test -Dtest="$test" -Dsurefire.failIfNoSpecifiedTests=true >"$work/log" 2>&1
}

mapfile -t mutants < <(grep -v '^#' "$here/mutants.txt")
tests all && tests persistent && tests to_bf16 || { cat "$work/log"; echo "the tests fail without a fault" >&2; exit 1; }
survivors=0
for ((n = ${1:-1}; n <= ${2:-${#mutants[@]}}; n++)); do
    line=${mutants[n - 1]}
    file=${line%% :: *} rest=${line#* :: }
    rm -rf "$work/kernels" && cp -r kernels "$work/kernels"
    FROM=${rest%% ::*} TO=${rest#* ::} perl -0pi -e '
        my ($from, $to) = map { s/\\n/\n/gr } ($ENV{FROM}, $ENV{TO});
        s/\Q$from\E/$to/ or die "not in the file: $from\n"' "$work/kernels/$file"
    bash "$work/kernels/build.sh" "$place" 2>/dev/null
    changed=$(for ptx in "$shipped"/*.ptx; do cmp -s "$ptx" "$place/${ptx##*/}" || echo "$ptx"; done)
    [ -n "$changed" ] || { echo "$n changes nothing: $line" >&2; exit 1; }
    if tests "$file"; then
        echo "$n SURVIVED $line"
        survivors=$((survivors + 1))
    else
        echo "$n noticed  $line: $(grep -oE '(CudaBackend|GraphSweep|PersistentContract|PersistentSweep|ToBf16)Test\.[a-zA-Z]+' "$work/log" | grep -v Test.open | sort -u | head -n 3 | tr '\n' ' ')"
    fi
done
echo "$survivors of $((${2:-${#mutants[@]}} - ${1:-1} + 1)) survived"
[ "$survivors" -eq 0 ]
