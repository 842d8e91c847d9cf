#!/bin/bash
# The main job, for real: a list from a server of our own, as a table, as JSON for jq, and a thousand slow answers.
set -euo pipefail
cd "$(dirname "$0")/.."
fetchall=.build/release/fetchall
folder=$(mktemp -d)
.build/release/demo-server --latency 100 --urls "$folder/urls.txt" --quiet >"$folder/server" &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$folder"' EXIT
until grep -q listening "$folder/server"; do
    kill -0 $server || exit 1
    sleep 0.05
done
base=$(sed 's/listening on //' "$folder/server")

show() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }

show fetchall --max 5 urls.txt
# One of the addresses is missing on purpose: exit code 1 says so.
"$fetchall" --max 5 "$folder/urls.txt" || test $? = 1

show "fetchall --max 5 --json --body --jq '.[] | {id: .json.id, price: .json.price}' '$base/products/[1-5]'"
"$fetchall" --max 5 --json --body --jq '.[] | {id: .json.id, price: .json.price}' "$base/products/[1-5]"

show "fetchall --max 1000 --summary -o answers.jsonl --jsonl '$base/latency/[1-1000]'"
start=$(date +%s%N)
"$fetchall" --max 1000 --summary --jsonl -o "$folder/answers.jsonl" "$base/latency/[1-1000]"
elapsed=$((($(date +%s%N) - start) / 1000000))
answers=$(grep -c '"ok":true' "$folder/answers.jsonl" || true)
printf '\n%s answers of 100 ms took %s ms, process start included; one after the other they take 100 s.\n' \
    "$answers" "$elapsed"
