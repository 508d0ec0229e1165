#!/usr/bin/env bash
# Packs what a machine with an NVIDIA card needs to run the tests and measurements of docs/hardware.md, a Java runtime included:
#     benchmarks/bundle.sh OUT.tar.gz     or .tar.xz, which is smaller, but not every machine can unpack
#     benchmarks/bundle.sh --into DIR      lays it into DIR, unpacked and without the runtime, as benchmarks/gpu.sh does here
# Needs a JDK with jlink, Maven, and what `mvn verify` has downloaded, or a network. Of several JDKs the runtime is made from the one
# that needs the oldest glibc.
set -euo pipefail

fail() {
    echo "error: $*" >&2
    exit 2
}

[ $# -gt 0 ] || fail "usage: benchmarks/bundle.sh OUT.tar.gz | --into DIR"
if [ "$1" = --into ]; then
    [ $# -eq 2 ] || fail "--into takes a folder"
    mkdir -p "$2"
    into=$(cd "$2" && pwd)
    archive=
else
    [ $# -eq 1 ] || fail "usage: benchmarks/bundle.sh OUT.tar.gz"
    case $1 in
        *.tar.xz | *.tar.gz) ;;
        *) fail "$1: must end in .tar.xz or .tar.gz" ;;
    esac
    archive=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -n "$archive" ]; then
    stage=$(mktemp -d)
    trap 'rm -rf "$stage"' EXIT
    into=$stage/bptt4j-gpu
    mkdir "$into"
fi

# The plug-in is one that the build uses, so that it is there without a network, too.
exec=org.codehaus.mojo:exec-maven-plugin:$(sed -n '/exec-maven-plugin/,/version/s|.*<version>\(.*\)</version>.*|\1|p' pom.xml | head -n 1):exec
mvn -q -B -DskipTests -Dspotless.check.skip package >&2
mvn -q -B "$exec" -Dexec.executable=echo -Dexec.args=%classpath -Dexec.classpathScope=test -Dexec.outputFile=target/test-classpath >&2
junit=$(cat target/test-classpath | tr ':' '\n' | grep -E '/(org/junit|org/opentest4j|org/apiguardian)/.*\.jar$') ||
    fail "no JUnit in the class path of the tests: $(cat target/test-classpath | cut -c 1-300)"

rm -rf "$into/tests" "$into/src" "$into/lib"
mkdir -p "$into/lib/junit" "$into/tests" "$into/src/test/resources"
cp "$(ls -t target/bptt4j-*-cli.jar | head -n 1)" "$into/lib/bptt4j.jar"
echo "$junit" | xargs -d '\n' cp -t "$into/lib/junit"
cp -R target/test-classes/org "$into/tests/org"
rm -f "$into"/tests/org/bptt4j/ArchitectureTest*.class # it needs a library of its own
cp -R src/test/resources/fixtures "$into/src/test/resources/fixtures"
cp -R src/test/kernels "$into/src/test/kernels"
cp benchmarks/gpu.sh benchmarks/cudnn.py benchmarks/card-tests LICENSE "$into/"
cp docs/hardware.md "$into/README.md"
{
    sed -n 's|^  <version>\(.*\)</version>|version \1|p' pom.xml
    echo "commit $(git log -1 --format='%h of %cs' 2>/dev/null || echo unknown)$([ -z "$(git status --porcelain 2>/dev/null)" ] || echo ', changed')"
} >"$into/VERSION"
[ -n "$archive" ] || exit 0

# glibc that the libraries of a folder need.
needs() {
    find "$1" -name '*.so' -type f -exec grep -aohE 'GLIBC_2\.[0-9]+' {} + | sort -uV | tail -n 1 | sed 's/GLIBC_//'
}

jdk=
for candidate in ${JAVA_HOME:+"$JAVA_HOME"} "$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")" /usr/lib/jvm/*; do
    [ -x "$candidate/bin/jlink" ] && [ -n "$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$candidate/release")" ] || continue
    [ "$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$candidate/release")" -ge 17 ] || continue
    floor=$(needs "$candidate/lib")
    if [ -z "$jdk" ] || { [ "$floor" != "$glibc" ] && [ "$(printf '%s\n' "$floor" "$glibc" | sort -V | head -n 1)" = "$floor" ]; }; then
        jdk=$candidate
        glibc=$floor
    fi
done
[ -n "$jdk" ] || fail "no JDK with jlink: set JAVA_HOME to one"
# Not compressed inside: xz does it better.
"$jdk/bin/jlink" --strip-debug --no-header-files --no-man-pages --output "$into/jre" --add-modules \
    java.base,java.logging,java.management,java.xml,jdk.incubator.vector,jdk.management,jdk.unsupported,jdk.zipfs
glibc=$(printf '%s\n' "$(needs "$into/jre")" 2.17 | sort -V | tail -n 1)
echo "$glibc" >"$into/glibc"
echo "runtime $("$into/jre/bin/java" -version 2>&1 | sed -n 's/.*(build \(.*\))/\1/p' | head -n 1), glibc $glibc or newer" >>"$into/VERSION"
tar -caf "$archive" -C "$stage" bptt4j-gpu
echo "$archive: $(($(stat -c %s "$archive") / 1000000)) MB; it needs glibc $glibc or newer" >&2
[ "$(stat -c %s "$archive")" -lt 60000000 ] || fail "$archive is larger than 60 MB"
