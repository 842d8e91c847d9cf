#!/usr/bin/env bash
# Tests the dashboard server over real HTTP: the program as it is run, in front of demo servers.
#
#     scripts/dashboard-test.sh [--load] [--screenshot FILE]
#
# --load sends 500 dashboards at once over upstreams of 50 ms and checks that the 99th percentile is below 300 ms.
# --screenshot has chromium draw the page. FETCHALL, DEMO and DASHBOARD name other binaries than those of the release build.
set -euo pipefail
cd "$(dirname "$0")/.."
fetchall=${FETCHALL:-.build/release/fetchall}
demo=${DEMO:-.build/release/demo-server}
dashboard=${DASHBOARD:-examples/dashboard/.build/release/dashboard}
load= screenshot=
while [ $# -gt 0 ]; do
    case $1 in
    --load) load=1 ;;
    --screenshot) screenshot=$2; shift ;;
    *) echo "unknown option $1" >&2; exit 2 ;;
    esac
    shift
done

folder=$(mktemp -d /tmp/dashboard-test.XXXXXX)
started=()
finish() {
    for id in "${started[@]}"; do kill "$id" 2>/dev/null && wait "$id" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap finish EXIT

# start NAME PROGRAM ARGUMENT...: runs a server and leaves its address in $address.
start() {
    local output="$folder/$1"
    "${@:2}" >"$output" &
    started+=($!)
    for _ in $(seq 100); do
        address=$(sed -n 's/^listening on //p' "$output")
        [ -n "$address" ] && return
        sleep 0.1
    done
    echo "$1 does not start" >&2
    exit 1
}

failures=0
# check WHAT PROGRAM ARGUMENT...: the command must succeed.
check() {
    if "${@:2}" >"$folder/check" 2>&1; then
        echo "ok      $1"
    else
        echo "FAILED  $1" >&2
        cat "$folder/check" >&2
        failures=$((failures + 1))
    fi
}
# is EXPRESSION URL: the answer is JSON that the jq expression holds for.
is() { curl -sS -m 20 "$2" | jq -e "$1"; }
# status CODE URL
status() { [ "$(curl -sS -m 20 -o /dev/null -w '%{http_code}' "$2")" = "$1" ]; }

start demo "$demo" --latency 50 --quiet
upstream=$address
start dashboard "$dashboard" "$upstream" port=0
whole=$address
# One optional service is broken, the other never answers in time.
start partial "$dashboard" "$upstream" port=0 timeout=300 'orders=/status/500' 'notifications=/delay/60000'
partial=$address
start broken "$dashboard" "$upstream" port=0 timeout=300 'profile=/delay/60000'
broken=$address

check "/sync answers" status 200 "$whole/sync"
check "/async answers" status 200 "$whole/async"
check "a dashboard has all three parts" is \
    '.profile.name == "User 7" and .orders.orders == [70, 71] and .notifications.unread == 0' "$whole/dashboard/7"
check "they are asked for all at once" is '.seconds < ([.reports[].seconds] | add) * 0.8' "$whole/dashboard/7"
check "two optional parts that fail leave the rest standing" is \
    '.profile.name == "User 7" and .orders == null and .notifications == null' "$partial/dashboard/7"
check "each failure has its reason" is \
    '(.reports[1].error | startswith("http-status")) and (.reports[2].error | startswith("timed-out"))' \
    "$partial/dashboard/7"
check "a service that hangs costs its timeout and no more" is '.seconds < 5' "$partial/dashboard/7"
check "without a profile there is no dashboard" status 504 "$broken/dashboard/7"
check "an id changes no path" status 502 "$whole/dashboard/..%2Fstats"
check "the page names the user" bash -c "curl -sS '$whole/?id=7' | grep -q '<h1>User 7</h1>'"
check "the page shows what failed" bash -c "curl -sS '$partial/?id=7' | grep -q 'class=\"failed\"'"
check "text from outside is escaped" bash -c \
    "curl -sS '$whole/?id=%3Cscript%3E' | grep -q '&lt;script&gt;' && ! curl -sS '$whole/?id=%3Cscript%3E' | grep -q '<script>'"
blocking() { "$fetchall" --jsonl -q --max 8 "$whole/sync?[1-16]" | jq -se 'length == 16 and all(.[]; .ok)'; }
check "blocking work runs beside other work" blocking

if [ -n "$screenshot" ]; then
    browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
    draw() {
        "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=900,520 \
            --user-data-dir="$folder/profile" --screenshot="$2" "$1" && [ -s "$2" ]
    }
    check "a browser draws the page" draw "$whole/?id=42" "$screenshot"
    check "a browser draws a partial page" draw "$partial/?id=42" "${screenshot%.png}-partial.png"
fi

if [ -n "$load" ]; then
    start orders "$demo" --latency 25 --quiet
    orders=$address
    start notifications "$demo" --latency 17 --quiet
    notifications=$address
    start loaded "$dashboard" "$upstream" port=0 "orders=$orders/orders/{id}" \
        "notifications=$notifications/notifications/{id}"
    loaded=$address
    # The first connections to everybody are made once.
    "$fetchall" -q --jsonl --max 500 "$loaded/dashboard/[1-500]" >/dev/null
    for _ in 1 2 3; do
        "$fetchall" -q --jsonl --max 500 --body "$loaded/dashboard/[1-500]" >"$folder/load"
        jq -s '[.[].time_total] | sort |
            "500 at once: p50 \(.[250] * 1000 | round) ms, p99 \(.[494] * 1000 | round) ms, max \(.[499] * 1000 | round) ms"' \
            -r "$folder/load"
    done
    check "500 dashboards at once: all whole, p99 below 300 ms" jq -se \
        'all(.[]; .ok and .json.orders != null and .json.notifications != null)
         and ([.[].time_total] | sort | .[494] < 0.3)' "$folder/load"
fi
[ "$failures" = 0 ]
