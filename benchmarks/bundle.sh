#!/usr/bin/env bash
# Packs what a machine with an NVIDIA card needs to run the tests and measurements of docs/hardware.md, a Java runtime included:
#     benchmarks/bundle.sh OUT.tar.xz
#     benchmarks/bundle.sh --into DIR      lays it into DIR, unpacked and without the runtime, as benchmarks/gpu.sh does here
# Needs a JDK with jlink, and Maven.
set -euo pipefail

fail() {
    echo "error: $*" >&2
    exit 2
}

[ $# -gt 0 ] || fail "usage: benchmarks/bundle.sh OUT.tar.xz | --into DIR"
if [ "$1" = --into ]; then
    [ $# -eq 2 ] || fail "--into takes a folder"
    mkdir -p "$2"
    into=$(cd "$2" && pwd)
    archive=
else
    [ $# -eq 1 ] || fail "usage: benchmarks/bundle.sh OUT.tar.xz"
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

# The platform's version goes with Jupiter's: 1.13.4 with 5.13.4.
junit=$(sed -n 's|.*<junit.version>5\.\(.*\)</junit.version>.*|1.\1|p' pom.xml)
mvn -q -B -DskipTests -Dspotless.check.skip package dependency:copy \
    -Dartifact=org.junit.platform:junit-platform-console-standalone:"$junit" \
    -DoutputDirectory=target/junit >&2

mkdir -p "$into/lib"
rm -rf "$into/tests" "$into/fixtures"
cp "$(ls -t target/bptt4j-*-cli.jar | head -n 1)" "$into/lib/bptt4j.jar"
cp "target/junit/junit-platform-console-standalone-$junit.jar" "$into/lib/junit.jar"
mkdir "$into/tests"
cp -R target/test-classes/org "$into/tests/org"
rm -f "$into"/tests/org/bptt4j/ArchitectureTest*.class # it needs a library of its own
cp -R src/test/resources/fixtures "$into/fixtures"
grep -rl '@Tag("card")' src/test/java | sed 's|^src/test/java/||; s|\.java$||; s|/|.|g' | sort >"$into/card-tests"
cp benchmarks/gpu.sh LICENSE "$into/"
cp docs/hardware.md "$into/README.md"
{
    sed -n 's|^  <version>\(.*\)</version>|version \1|p' pom.xml
    echo "commit $(git log -1 --format='%h of %cs' 2>/dev/null || echo unknown)$([ -z "$(git status --porcelain 2>/dev/null)" ] || echo ', changed')"
} >"$into/VERSION"
[ -n "$archive" ] || exit 0

"${JAVA_HOME:+$JAVA_HOME/bin/}jlink" --strip-debug --no-header-files --no-man-pages --output "$into/jre" --add-modules \
    java.base,java.logging,java.management,java.xml,jdk.incubator.vector,jdk.management,jdk.unsupported,jdk.zipfs
tar -caf "$archive" -C "$stage" bptt4j-gpu
echo "$archive: $(($(stat -c %s "$archive") / 1000000)) MB" >&2
