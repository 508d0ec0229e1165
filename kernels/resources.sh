#!/usr/bin/env bash
# Writes the table of docs/persistent.md anew: registers of a thread and bytes of static shared memory of each persistent kernel, as
# NVIDIA's assembler gives them to the PTX that ships.
#   kernels/resources.sh [FILE]    writes FILE (default: the committed one)
set -eu
kernels=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
modules=$kernels/../src/main/resources/org/bptt4j/backend/cuda
doc=${1:-$kernels/../docs/persistent.md}
archs="75 80 90 100 120"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for form in single sliced; do
    for arch in $archs; do
        ptxas -arch="sm_$arch" -v -o /dev/null "$modules/persistent_$form.ptx" 2>&1 |
            awk -v arch="$arch" '
                /Compiling entry function/ { split($0, part, "\047"); name = part[2] }
                / Used [0-9]+ registers/ {
                    match($0, /Used [0-9]+/); registers = substr($0, RSTART + 5, RLENGTH - 5)
                    shared = match($0, /[0-9]+ bytes smem/) ? substr($0, RSTART, RLENGTH - 11) : 0
                    print name, arch, registers, shared
                }'
    done
done >"$work/resources"
{
    awk '/<!-- resources -->/ { print; exit } { print }' "$doc"
    echo "| kernel |$(for arch in $archs; do printf ' sm_%s |' "$arch"; done)"
    echo "|---|$(for arch in $archs; do printf -- '---|'; done)"
    cut -d ' ' -f 1 "$work/resources" | sort -u | sort -t _ -k 1,2 -k 3,3n | while read -r name; do
        echo "| \`$name\` |$(for arch in $archs; do awk -v n="$name" -v a="$arch" \
            '$1 == n && $2 == a { printf " %d, %d |", $3, $4 }' "$work/resources"; done)"
    done
    awk '/<!-- end of resources -->/ { found = 1 } found { print }' "$doc"
} >"$work/doc"
mv "$work/doc" "$doc"
