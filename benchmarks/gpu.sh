#!/usr/bin/env bash
# Everything that a person with an NVIDIA card should run, into one file to send us: docs/hardware.md (README.md in a bundle).
#     gpu.sh [--cuda-libraries DIR] [--out FILE] [--minutes N] [--quick]
# Exit code 0 if every step passed, 1 if one failed, 2 for wrong usage.
set -uo pipefail

usage() {
    sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

fail() {
    echo "error: $*" >&2
    exit 2
}

libraries=
out=
minutes=15
quick=
started=$(date -u +%Y%m%d-%H%M)
command="gpu.sh${*:+ $*}"
while [ $# -gt 0 ]; do
    case $1 in
        --cuda-libraries | --out | --minutes) [ $# -gt 1 ] || fail "$1 needs a value" ;;&
        --cuda-libraries)
            libraries=$(cd "$2" 2>/dev/null && pwd) || fail "--cuda-libraries $2: there is no such folder"
            shift
            ;;
        --out) out=$2 && shift ;;
        --minutes)
            case $2 in *[!0-9]* | '') fail "--minutes $2: must be a number" ;; esac
            minutes=$2 && shift
            ;;
        --quick) quick=yes ;;
        -h | --help) usage && exit 0 ;;
        *) fail "$1: no such option; see gpu.sh --help" ;;
    esac
    shift
done

home=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
java=$home/jre/bin/java
if [ ! -f "$home/lib/bptt4j.jar" ]; then
    repository=$(dirname "$home")
    "$home/bundle.sh" --into "$repository/target/gpu" || fail "the build failed, see above"
    home=$repository/target/gpu
    java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    SECONDS=0 # building is no part of the minutes
fi
work=$(mktemp -d)
running=()
# A child that is ended before it has put off these traps must not clean up for its parent.
end() {
    [ "$BASHPID" -eq $$ ] || return
    [ ${#running[@]} -eq 0 ] || kill -- "${running[@]}" 2>/dev/null
    rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM
touch "$work/sections" "$work/summary"
export LC_ALL=C.UTF-8
unset NVIDIA_TF32_OVERRIDE # it would turn float32 products into others behind our back

# ---- Java -----------------------------------------------------------------------------------------------------------

classpath=$home/lib/bptt4j.jar
options=(--add-modules jdk.incubator.vector "-Djava.io.tmpdir=$work")
version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
[ -n "$version" ] || fail "$java does not run"
[ "$version" -lt 22 ] || options+=(--enable-native-access=ALL-UNNAMED)
where=()
properties=(-Dbptt4j.cuda.device=card "-Dbptt4j.fixtures=$home/fixtures")

use_libraries() {
    [ -z "$libraries" ] || {
        where=(--cuda-libraries "$libraries")
        properties+=("-Dbptt4j.cuda.libraries=$libraries")
    }
}

cli() {
    "$java" "${options[@]}" -cp "$classpath" org.bptt4j.cli.Main "$@"
}

with_tests() {
    "$java" "${options[@]}" "${properties[@]}" -cp "$classpath:$home/tests:$home/lib/junit.jar" "$@"
}

# ---- the report -----------------------------------------------------------------------------------------------------

literal() {
    printf '%s' "$1" | sed 's/[][\.*^$|/]/\\&/g'
}

# What tells whose machine this is stays here.
anonymous() {
    local script="s/$(literal "$home")/BUNDLE/g; s/$(literal "$work")/TMP/g"
    [ -z "$libraries" ] || script="$script; s/$(literal "$libraries")/LIBRARIES/g"
    [ "${#HOME}" -lt 2 ] || script="$script; s/$(literal "$HOME")/HOME/g"
    local host
    host=$(uname -n)
    [ "${#host}" -lt 4 ] || script="$script; s/$(literal "$host")/HOST/g"
    sed "$script"
}

# section NAME RESULT SECONDS: what lies in $work/log becomes a section, and a line of the summary.
section() {
    printf '%-10s %5s s  %s\n' "$2" "$3" "$1" >>"$work/summary"
    {
        printf '\n==== %s: %s, %s s\n' "$1" "$2" "$3"
        anonymous <"$work/log"
    } >>"$work/sections"
    printf '%-10s %5s s  %s\n' "$2" "$3" "$1" >&2
}

# step NAME SECONDS COMMAND…: runs it for so long at most. A failure is a part of the report, not its end.
step() {
    local name=$1 limit=$2 left=$((minutes * 60 - SECONDS)) from=$SECONDS status=0 result=ok
    shift 2
    if [ "$left" -le 0 ]; then
        : >"$work/log"
        failed=yes
        section "$name" "no time" 0
        return 1
    fi
    [ "$limit" -le "$left" ] || limit=$left
    # In process groups of their own, so that a program that hangs in the driver can be ended with all it started.
    set -m
    ("$@") >"$work/log" 2>&1 </dev/null &
    local process=$!
    (
        sleep "$limit"
        kill -TERM -- "-$process"
        sleep 5
        kill -KILL -- "-$process"
    ) >/dev/null 2>&1 &
    local watch=$!
    set +m
    running=("-$process" "-$watch")
    wait "$process" 2>/dev/null || status=$?
    running=()
    { kill -- "-$watch" && wait "$watch"; } 2>/dev/null
    if [ "$status" -ne 0 ]; then
        result=FAILED
        [ $((SECONDS - from)) -lt "$limit" ] || result="TIME LIMIT"
        # A shape that no persistent kernel fits is an answer.
        ! grep -q 'no persistent kernel for' "$work/log" || result=refused
        [ "$result" = refused ] || failed=yes
        echo "exit code $status" >>"$work/log"
    fi
    section "$name" "$result" $((SECONDS - from))
    [ "$status" -eq 0 ]
}

# ---- the steps ------------------------------------------------------------------------------------------------------

machine() {
    uname -srm
    sed -n 's/^PRETTY_NAME=//p' /etc/os-release
    getconf GNU_LIBC_VERSION
    sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort | uniq -c
    sed -n '/MemTotal/p' /proc/meminfo
    "$java" -version 2>&1
}

# Numbers that belong to this one card, and other people's programs on it, are left out.
smi() {
    command -v nvidia-smi >/dev/null || {
        echo "there is no nvidia-smi"
        return
    }
    nvidia-smi -q | sed -E '/Serial|UUID|PDI|Process ID|Process Name|^ *Name  *:|GUID|Hostname|Bus Id|Sub System|Part Number/d'
}

doctor() {
    cli doctor --json --backend cuda "${where[@]}"
}

# Where only CUDA 13 is installed: JCublas2 is turned to libcublas.so.13, for this run and on this machine.
cuda13() {
    local folder
    folder=$(with_tests org.bptt4j.backend.cuda.Cublas13 "$work/cublas13" ${libraries:+"$libraries"} 2>/dev/null) || return 1
    classpath=$work/cublas13:$classpath
    export LD_LIBRARY_PATH=$folder${libraries:+:$libraries}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    unset BPTT4J_CUDA_LIBRARIES
    where=()
    properties=(-Dbptt4j.cuda.device=card "-Dbptt4j.fixtures=$home/fixtures")
}

card_tests() {
    with_tests org.junit.platform.console.ConsoleLauncher execute --select-class "$1" --include-tag card --fail-if-no-tests \
        --details=summary --disable-banner --disable-ansi-colors
}

# bench_row ROW FORM: on the card by that form of the sweeps, or on the cpu.
bench_row() {
    local file=$work/row.json row=$1
    rm -f "$file"
    case $2 in
        cpu) step "bench $row on the CPU" 120 cli bench --config "$row" --backend cpu --json "$file" ;;
        *) step "bench $row, $2" 90 cli bench --config "$row" --backend cuda --sweep "$2" "${where[@]}" --json "$file" ;;
    esac
    [ ! -f "$file" ] || cat "$file" >>"$work/results"
}

failed=
step machine 20 machine
step nvidia-smi 60 smi
use_libraries
if ! step doctor 120 doctor; then
    if cuda13; then
        step "doctor, with libcublas.so.13 (unsupported, for measuring only)" 120 doctor && failed=
    fi
fi
doctor_says=$(grep '"can_train"' "$work/log" | tail -n 1)
name=$(printf '%s' "$doctor_says" | sed -n 's/.*"name":"device","state":"ok","text":"\([^"]*\)".*/\1/p')
case $name in *"Software CUDA device"*) quick=yes ;; esac
patience=1
[ -z "$quick" ] || patience=4 # the software device interprets every instruction
minutes=$((minutes * patience))

if [ -n "$name" ]; then
    while read -r class; do
        step "tests ${class##*.}" $((patience * 150)) card_tests "$class"
    done <"$home/card-tests"
    step probe 180 with_tests org.bptt4j.backend.cuda.HardwareProbe
    # B,T,I,H,O[,cell]: the grid of `bench`, then DeepBench's two, one of FlashRNN's and a long narrow one.
    rows=(32,100,64,128,64 1,1000,64,256,64 16,1024,64,256,64 64,128,256,512,256 64,50,1024,1024,1024 32,30,512,512,512
        16,50,1760,1760,64 128,100,32,64,32
        16,50,1760,1760,64,relu 128,50,2560,2560,64,relu 16,1024,768,768,64 34,1406,120,120,64,relu)
    [ -z "$quick" ] || rows=(4,6,5,9,3 2,5,8,33,4,relu)
    for row in "${rows[@]}"; do
        for form in steps graph persistent auto cpu; do
            bench_row "$row" "$form"
        done
    done
else
    failed=yes
    echo "there is no card that can train: see what doctor says in the report" >&2
fi

short=$(printf '%s' "${name:-none}" | sed 's/^cuda:[0-9]*[:,]* *//; s/[^A-Za-z0-9]\{1,\}/-/g; s/-$//' | cut -c 1-40)
out=${out:-bptt4j-gpu-$short-$started.txt}
{
    echo "bptt4j on a card: ${name:-none that can train}"
    cat "$home/VERSION"
    echo "started $started UTC, ran $SECONDS s"
    echo "command $command" | anonymous
    echo
    echo "What to do with this file: look through it, and send it to us as it is, as an attachment of an issue. Host name, home folder,"
    echo "serial numbers and other programs on the card have been left out."
    [ -z "$quick" ] || echo "A quick run, with a few small sizes: nothing here tells how fast a card is."
    echo
    cat "$work/summary" "$work/sections"
    if [ -f "$work/results" ]; then
        printf '\n==== results of bench, a JSON object a line\n'
        anonymous <"$work/results"
    fi
    printf '\n==== end\n'
} >"$work/report"
cp "$work/report" "$out" || fail "cannot write $out: see --out"
echo "$out: $(wc -c <"$out") bytes; please send it to us" >&2
[ -z "$failed" ]
