#!/usr/bin/env bash
# What networks learn by the command line: every figure of docs/results.md, as its tables.
#   benchmarks/results.sh [adding] [order] [text]    (default: all three)
# Runs lie in target/results and are kept: one that is there is not run again. Small networks run on one thread, so that two parts may run
# side by side. The text needs Debian's packages bible-kjv and
# bible-kjv-text.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=target/results
mkdir -p "$out"

# NAME ARGUMENT…: a run into its folder.
train() {
    local folder=$out/$1
    shift
    if ! grep -qs '"event":"end"' "$folder/metrics.jsonl"; then
        rm -rf "$folder"
        ./bptt4j train --backend cpu --progress none --out "$folder" "$@" >/dev/null
    fi
}

# NAME KEY: a figure of the run's last line.
last() {
    tail -n 1 "$out/$1/metrics.jsonl" | sed -n "s/.*\"$2\":\([^,}]*\).*/\1/p"
}

# NAME LIMIT: the update of the first validation with a loss below.
below() {
    sed -n 's/^{"event":"eval","step":\([0-9]*\),"part":"valid","loss":\([^,}]*\).*/\1 \2/p' "$out/$1/metrics.jsonl" \
        | awk -v limit="$2" '$2 < limit { print $1; found = 1; exit } END { if (!found) print "—" }'
}

row() {
    local name=$1 label=$2 limit=$3
    LC_ALL=C printf '| %s | %s | %.5f | %s | %.1f |\n' "$label" "$(last "$name" step)" "$(last "$name" loss)" \
        "$(below "$name" "$limit")" "$(awk -v s="$(last "$name" seconds)" 'BEGIN { print s / 60 }')"
}

adding() {
    echo
    echo '| adding problem: T, cell, seed | updates | MSE, held out | below 0.01 at update | minutes |'
    echo '|---|---|---|---|---|'
    for length in 100 200 400; do
        for kind in gru lstm "lstm, --remember T" tanh; do
            cell=${kind%%,*}
            remember=()
            case $kind in *remember*) remember=(--remember "$length") ;; esac
            for seed in 1 2 3; do
                name=adding-$length-$cell${remember:+-remember}-$seed
                train "$name" --task adding --length "$length" --cell "$cell" "${remember[@]}" --hidden 64 --batch 20 --lr 0.005 \
                    --lr-schedule constant --steps 3000 --threads 1 --seed "$seed"
                row "$name" "$length, $kind, $seed" 0.01
            done
        done
    done
    train adding-1000-lstm-remember-1 --task adding --length 1000 --cell lstm --remember 1000 --hidden 64 --batch 20 --lr 0.005 \
        --lr-schedule constant --steps 3000 --threads 1 --seed 1
    row adding-1000-lstm-remember-1 "1000, lstm, --remember T, 1" 0.01
}

order() {
    echo
    echo '| temporal order: T, network, seed | updates | cross-entropy, held out | below 0.05 at update | minutes |'
    echo '|---|---|---|---|---|'
    for length in 50 100 200; do
        for kind in "tanh, norm clipped to 1" "tanh, not clipped" "lstm, norm clipped to 1" "lstm, norm clipped to 1, --remember T"; do
            cell=${kind%%,*}
            clip=1
            gate=()
            case $kind in
                *not*) clip=1e30 ;;
                *remember*) gate=(--remember "$length") ;;
                lstm*) gate=(--forget-bias 1) ;;
            esac
            for seed in 1 2 3; do
                name=order-$length-$cell-$clip${gate:+$gate}-$seed
                train "$name" --task temporal-order --length "$length" --cell "$cell" "${gate[@]}" --init orthogonal --hidden 50 \
                    --batch 20 --lr 0.002 --lr-schedule constant --steps 1500 --clip-norm "$clip" --threads 1 --seed "$seed"
                row "$name" "$length, $kind, $seed" 0.05
            done
        done
    done
}

text() {
    bible -f 'gen1:1-rev22:21' >"$out/bible.txt"
    echo 'cd45f0c9cedab8e4439bd6486c8952c77cc8b0ecc5d1f6ae3513f2039f47229d' "$out/bible.txt" | sha256sum --check --quiet
    echo
    echo '| King James Bible: network | updates | bits per character, held-out tenth | minutes |'
    echo '|---|---|---|---|'
    for cell in lstm tanh; do
        train "text-$cell" --text "$out/bible.txt" --cell "$cell" --hidden 256 --epochs 2
        LC_ALL=C printf '| %s, 256 units | %s | %.3f | %.1f |\n' "$cell" "$(last "text-$cell" step)" "$(last "text-$cell" bpc)" \
            "$(awk -v s="$(last "text-$cell" seconds)" 'BEGIN { print s / 60 }')"
    done
}

[ $# -gt 0 ] || set -- adding order text
for part in "$@"; do
    case $part in
        adding | order | text) "$part" ;;
        *) echo "benchmarks/results.sh: there is no part $part; there are adding, order and text" >&2 && exit 2 ;;
    esac
done
