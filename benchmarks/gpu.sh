#!/usr/bin/env bash
# Everything that a person with an NVIDIA card should run, into one file to send us: docs/hardware.md (README.md in a bundle).
#     gpu.sh [--minutes N] [--cuda-libraries DIR] [--out FILE] [--json FILE] [--steps LIST] [--rows N] [--quick]
# Exit code 0 if nothing failed, 1 if something did, 2 for wrong usage. What there was no time for is listed, and is no failure.
set -uo pipefail

usage() {
    sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

fail() {
    echo "error: $*" >&2
    exit 2
}

number() {
    case $2 in *[!0-9]* | '') fail "$1 $2: must be a number" ;; esac
}

all=machine,doctor,smoke,grid,cudnn,probe,tests
libraries=
out=
json=
minutes=15
steps=$all
rows=
quick=
started=$(date -u +%Y%m%d-%H%M)
command="gpu.sh${*:+ $*}"
while [ $# -gt 0 ]; do
    case $1 in
        --cuda-libraries | --out | --json | --minutes | --steps | --rows) [ $# -gt 1 ] || fail "$1 needs a value" ;;&
        --cuda-libraries)
            libraries=$(cd "$2" 2>/dev/null && pwd) || fail "--cuda-libraries $2: there is no such folder"
            shift
            ;;
        --out) out=$2 && shift ;;
        --json) json=$2 && shift ;;
        --minutes) number "$1" "$2" && minutes=$2 && shift ;;
        --rows) number "$1" "$2" && rows=$2 && shift ;;
        --steps)
            for step in ${2//,/ }; do
                case ,$all, in *",$step,"*) ;; *) fail "--steps $2: there is no step '$step'; there are $all" ;; esac
            done
            steps=$2 && shift
            ;;
        --quick) quick=yes ;;
        -h | --help) usage && exit 0 ;;
        *) fail "$1: no such option; see gpu.sh --help" ;;
    esac
    shift
done

# ---- Java -----------------------------------------------------------------------------------------------------------

home=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
java=$home/jre/bin/java
if [ ! -f "$home/lib/bptt4j.jar" ]; then
    repository=$(dirname "$home")
    "$home/bundle.sh" --into "$repository/target/gpu" || fail "the build failed, see above"
    home=$repository/target/gpu
    java=${JAVA_HOME:+$(cd "$JAVA_HOME" && pwd)/bin/}java
    SECONDS=0 # building is no part of the minutes
fi
if [ -f "$home/glibc" ]; then
    needs=$(cat "$home/glibc")
    has=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/.* //')
    [ "$(printf '%s\n' "$needs" "${has:-0}" | sort -V | head -n 1)" = "$needs" ] ||
        fail "this bundle's Java needs glibc $needs or newer, this machine has ${has:-another C library}; use a container of a newer" \
            "distribution, or a bundle made with another JDK (benchmarks/bundle.sh takes the one that needs the oldest glibc)"
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
touch "$work/sections" "$work/summary" "$work/results"

# What changes results or times behind our back is put off, and told. Where the driver keeps what it compiles is ours: with the cache off or
# the home folder read-only it would compile anew at each start.
as_is=()
for name in NVIDIA_TF32_OVERRIDE CUDA_LAUNCH_BLOCKING CUDA_CACHE_DISABLE CUDA_CACHE_PATH CUDA_CACHE_MAXSIZE CUDA_FORCE_PTX_JIT \
    CUDA_DISABLE_PTX_JIT CUDA_DEVICE_MAX_CONNECTIONS CUDA_MODULE_LOADING CUBLAS_WORKSPACE_CONFIG CUBLAS_LOGINFO_DBG CUBLASLT_LOG_LEVEL \
    TORCH_ALLOW_TF32_CUBLAS_OVERRIDE JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS; do
    if [ -n "${!name+set}" ]; then
        as_is+=("$name=${!name}")
        unset "$name"
    fi
done
export LC_ALL=C.UTF-8 CUDA_CACHE_PATH=$work/cache

options=(--add-modules jdk.incubator.vector "-Djava.io.tmpdir=$work")
version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
[ -n "$version" ] || fail "$java does not run: $("$java" -version 2>&1 | head -n 1)"
[ "$version" -lt 22 ] || options+=(--enable-native-access=ALL-UNNAMED)
where=()
properties=(-Dbptt4j.cuda.device=card)
[ -z "$libraries" ] || {
    where=(--cuda-libraries "$libraries")
    properties+=("-Dbptt4j.cuda.libraries=$libraries")
}

cli() {
    "$java" "${options[@]}" -cp "$home/lib/bptt4j.jar" org.bptt4j.cli.Main "$@"
}

# In the bundle's folder: tests read files by their places in the repository.
with_tests() {
    (cd "$home" && exec "$java" "${options[@]}" "${properties[@]}" -cp "lib/bptt4j.jar:tests:lib/junit/*" "$@")
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

left() {
    echo $((minutes * 60 - SECONDS))
}

# least A B
least() {
    echo $(($1 < $2 ? $1 : $2))
}

# step NAME SECONDS COMMAND…: runs it for so long at most. A failure is a part of the report, not its end.
step() {
    local name=$1 limit own=$2 from=$SECONDS status=0 result=ok
    limit=$(least "$own" "$(left)")
    shift 2
    if [ "$limit" -le 0 ]; then
        : >"$work/log"
        section "$name" "no time" 0
        return 1
    fi
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
        [ "$status" -ne 3 ] || result=incomplete
        if [ $((SECONDS - from)) -ge "$limit" ]; then
            result="TIME LIMIT"
            [ "$limit" -eq "$own" ] || result="no time" # its own limit it did not come to
        fi
        [ "$result" = "no time" ] || failed=yes
        echo "exit code $status, limit $limit s" >>"$work/log"
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
    if [ ${#as_is[@]} -gt 0 ]; then
        echo "put off while measuring: ${as_is[*]}"
    fi
    # Numbers that belong to this one card, and other people's programs on it, are left out.
    if command -v nvidia-smi >/dev/null; then
        nvidia-smi -q | sed -E '/Serial|UUID|PDI|Process ID|Process Name|^ *Name  *:|GUID|Hostname|Bus Id|Sub System|Part Number/d'
    else
        echo "there is no nvidia-smi"
    fi
}

doctor() {
    cli doctor --json --backend cuda ${where[@]+"${where[@]}"}
}

# In the environment as the user has it, which may differ from the one that is measured in.
doctor_as_is() {
    env -u CUDA_CACHE_PATH ${as_is[@]+"${as_is[@]}"} "$java" "${options[@]}" -cp "$home/lib/bptt4j.jar" org.bptt4j.cli.Main \
        doctor --json --backend cuda ${where[@]+"${where[@]}"} || echo "exit code $?"
}

# items CLASS SECONDS [ARGUMENT…]: a run of items; begun again behind the one that lost the device, hung or ended the process.
items() {
    local class=$1 end=$((SECONDS + $2)) status tries=0
    shift 2
    while :; do
        status=0
        with_tests "org.bptt4j.backend.cuda.$class" "$work/results" $((end > SECONDS ? end - SECONDS : 0)) "$@" || status=$?
        case $status in 0 | 1 | 3) return "$status" ;; esac
        tries=$((tries + 1))
        [ "$tries" -lt 25 ] || return "$status"
        echo "exit code $status: begun again behind what it was at"
    done
}

cudnn() {
    local log=$work/cudnn.log
    python3 "$home/cudnn.py" "$work/shapes" --seconds "$1" >>"$work/results" 2>"$log"
    local status=$?
    tail -n 20 "$log"
    ! grep '"kind": "cudnn"' "$work/results" | grep '"state": "FAILED"' || status=1
    return "$status"
}

has_torch() {
    timeout 60 python3 -c 'import sys, torch; sys.exit(0 if torch.cuda.is_available() else 1)' >/dev/null 2>&1
}

# card_tests CLASS: what it says in JSON goes to the results.
card_tests() {
    local status=0
    with_tests org.bptt4j.card.CardTests "$1" >"$work/tests.log" 2>&1 || status=$?
    grep '^{"kind":"tests"' "$work/tests.log" >>"$work/results" || printf '{"kind":"tests","item":"%s","state":"FAILED"}\n' "$1" >>"$work/results"
    head -c 60000 "$work/tests.log"
    return "$status"
}

wanted() {
    case ,$steps, in *",$1,"*) ;; *) return 1 ;; esac
}

failed=
total=$((minutes * 60))
! wanted machine || step machine 60 machine
step "doctor, in the environment as it is" 60 doctor_as_is
name=
if step doctor 90 doctor; then
    name=$(sed -n 's/.*"name":"device","state":"ok","text":"\([^"]*\)".*/\1/p' "$work/log" | tail -n 1)
fi
case $name in *"Software CUDA device"*) quick=yes ;; esac
[ -n "$rows" ] || rows=$([ -n "$quick" ] && echo 4 || echo 1000)

if [ -n "$name" ]; then
    # The more a step is worth, the earlier it comes; none may take what those behind it need.
    seconds=$((total / 6))
    ! wanted smoke || step smoke $((seconds + 40)) items CardSmoke "$seconds"
    seconds=$(least $((total * 2 / 5)) "$(left)")
    ! wanted grid || step grid $((seconds + 45)) items CardGrid "$seconds" "$work/shapes" "$rows"
    if wanted cudnn && [ -f "$work/shapes" ]; then
        if has_torch; then
            seconds=$(least $((total / 8)) "$(left)")
            step cudnn $((seconds + 40)) cudnn "$seconds"
        else
            echo "python3 has no torch that finds a card" >"$work/log"
            section cudnn "not there" 0
        fi
    fi
    seconds=$(least $((total / 10)) "$(left)")
    ! wanted probe || step probe $((seconds + 30)) items HardwareProbe "$seconds"
    if wanted tests; then
        while read -r class limit fast; do
            if [ -n "$quick" ] && [ -z "$fast" ]; then
                : >"$work/log"
                section "tests ${class##*.}" "no time" 0 # a software device takes minutes for each
            else
                step "tests ${class##*.}" "$limit" card_tests "$class"
            fi
        done < <(sed '/^#/d' "$home/card-tests")
    fi
else
    failed=yes
    echo "there is no card that can train: see what doctor says in the report" >&2
fi

short=$(printf '%s' "${name:-none}" | sed 's/^cuda:[0-9]*[:,]* *//; s/[^A-Za-z0-9]\{1,\}/-/g; s/-$//' | cut -c 1-40)
out=${out:-bptt4j-gpu-$short-$started.txt}
# report CLASS ARGUMENT…: what it prints; where it fails, why.
report() {
    with_tests "org.bptt4j.card.$1" "$work/results" "${@:2}" 2>"$work/log" || {
        failed=yes
        cat "$work/log"
    }
}
report CardReport >"$work/tables"
report CardCosts "$(date -u +%Y-%m-%d)" >"$work/costs"
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
    cat "$work/summary"
    printf '\n==== tables\n'
    anonymous <"$work/tables"
    printf '\n==== what auto would choose by: costs.properties\n'
    anonymous <"$work/costs"
    cat "$work/sections"
    printf '\n==== results, a JSON object a line\n'
    anonymous <"$work/results"
    printf '\n==== end\n'
} >"$work/report"
cp "$work/report" "$out" || fail "cannot write $out: see --out"
[ -z "$json" ] || anonymous <"$work/results" >"$json" || fail "cannot write $json: see --json"
echo "$out: $(wc -c <"$out") bytes; please send it to us" >&2
[ -z "$failed" ]
