#!/bin/bash
# Builds libcuda.so.1, libcublas.so.12 and .13 and libsoftgpu_control.so into a folder: bash build.sh OUTDIR
# Needs g++ and a JDK's headers. Objects are named by the hash of all they depend on and put in place by a rename, so that a
# second build does nothing and builds at the same time do not harm each other.
set -euo pipefail
out=$(mkdir -p "${1:?folder for the libraries}" && cd "$1" && pwd)
cd "$(dirname "$0")"
mkdir -p "$out/obj"

java_home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
[ -f "$java_home/include/jni.h" ] || { echo "softgpu: no jni.h in $java_home/include: set JAVA_HOME to a JDK" >&2; exit 1; }
# -ffast-math is never given: linked in, it would change the rounding of the whole JVM.
flags="-std=c++17 -O2 -march=x86-64-v3 -fno-trapping-math -fno-math-errno -ffp-contract=off -fPIC -fvisibility=hidden -Wall -Wextra -Werror -I. -I$java_home/include -I$java_home/include/linux"
common=$( { echo "$flags"; cat build.sh; g++ --version; } | sha256sum | cut -c1-16)

# The standard headers, compiled once: a quarter of the time went there.
standard=$out/obj/standard-$common.h
if [ ! -f "$standard.gch" ]; then
    printf '#include <%s>\n' algorithm chrono cmath cstdint cstdio cstring deque functional map memory mutex random set sstream string vector > "$standard.$$"
    mv "$standard.$$" "$standard"
    g++ $flags -x c++-header "$standard" -o "$standard.$$.gch" && mv "$standard.$$.gch" "$standard.gch"
fi

needs() { # source -> it and the headers of ours that it includes, directly or not
    local seen=" $1 " open=("$1") f h
    while [ ${#open[@]} -gt 0 ]; do
        f=${open[0]} open=("${open[@]:1}")
        echo "$f"
        while read -r h; do
            [[ $seen == *" $h "* ]] || { seen+="$h "; open+=("$h"); }
        done < <(sed -n 's/^#include "\(.*\)"$/\1/p' "$f")
    done
}
object() { # source -> path of its object
    echo "$out/obj/$(echo "$1" | tr / _)-$common-$(needs "$1" | xargs cat | sha256sum | cut -c1-16).o"
}
compile() { # source
    local o; o=$(object "$1")
    [ -f "$o" ] && return
    g++ $flags -include "$standard" -c "$1" -o "$o.$$.o" && mv "$o.$$.o" "$o"
}
stubs() { # list of symbols, folder that defines some, status -> C source on stdout
    echo '#include <stdio.h>'
    comm -23 <(LC_ALL=C sort -u "$1") <(grep -rhoE '\bcu(blas)?[A-Z][A-Za-z0-9_]+\(' "$2" | tr -d '(' | LC_ALL=C sort -u) | while read -r s; do
        echo "__attribute__((visibility(\"default\"))) int $s(void) { fprintf(stderr, \"softgpu: $s is not implemented by the software device\\n\"); return $3; }"
    done
}
link() { # library, further arguments
    local to="$out/$1" key; shift
    key=$(echo "$common $(cat symbols/cublas.map) $*" | sha256sum | cut -c1-16)
    [ -f "$to" ] && [ "$(cat "$to.key" 2> /dev/null)" = "$key" ] && return
    g++ -shared -o "$to.$$" "$@" && mv "$to.$$" "$to" && echo "$key" > "$to.key"
}
export -f compile object needs
export out flags common standard

printf '%s\n' common/*.cpp ptx/*.cpp simt/*.cpp ops/*.cpp device/*.cpp driver/*.cpp blas/*.cpp jni/*.cpp |
    xargs -P "$(nproc)" -I{} bash -c 'set -e; compile "$1"' _ {}
for part in driver blas; do
    list=symbols/driver.txt status=801
    [ $part = blas ] && list=symbols/cublas.txt status=15
    stubs $list $part $status > "$out/obj/stubs-$part.$$.c"
    o="$out/obj/stubs-$part-$(sha256sum < "$out/obj/stubs-$part.$$.c" | cut -c1-16).o"
    [ -f "$o" ] || { gcc -O1 -fPIC -c "$out/obj/stubs-$part.$$.c" -o "$o.$$.o" && mv "$o.$$.o" "$o"; }
    rm "$out/obj/stubs-$part.$$.c"
    eval "stubs_$part=$o"
done

device=(); for s in common/*.cpp ptx/*.cpp simt/*.cpp ops/*.cpp device/*.cpp driver/*.cpp; do device+=("$(object "$s")"); done
blas=(); for s in blas/*.cpp; do blas+=("$(object "$s")"); done
link libcuda.so.1 "${device[@]}" "$stubs_driver" -Wl,-soname,libcuda.so.1
link libcublas.so.12 "${blas[@]}" "$stubs_blas" -Wl,-soname,libcublas.so.12 -Wl,--version-script=symbols/cublas.map -Wl,-rpath,'$ORIGIN' "$out/libcuda.so.1"
# The same under CUDA 13's name, for machines that have only that.
sed 's/libcublas\.so\.12/libcublas.so.13/' symbols/cublas.map > "$out/obj/cublas13.map"
link libcublas.so.13 "${blas[@]}" "$stubs_blas" -Wl,-soname,libcublas.so.13 -Wl,--version-script="$out/obj/cublas13.map" -Wl,-rpath,'$ORIGIN' "$out/libcuda.so.1"
link libsoftgpu_control.so "$(object jni/control.cpp)" -Wl,-rpath,'$ORIGIN' "$out/libcuda.so.1"
