#!/bin/sh
# Runs the programs of the lesson and checks what each prints: its results, and that the concurrent way is faster where the
# piece is about waiting.
set -eu
cd "$(dirname "$0")/.."
lesson=${LESSON:-.build/debug/lesson}
output=$("$lesson")
printf '%s\n' "$output"
printf '%s\n' "$output" | awk '
    function seconds(value, unit) { return unit == "ms" ? value / 1000 : unit == "s" ? value : -1 }
    function complain(text) { printf "examples: %s: %s\n", name, text > "/dev/stderr"; failed = 1 }
    /^[a-z]+: / { name = substr($1, 1, length($1) - 1); pieces++; found[name] = $0 }
    /^  sequential / { slow = seconds($2, $3) }
    /^  concurrent / {
        fast = seconds($2, $3)
        if (slow <= 0 || fast <= 0) complain("its times are missing")
        # Reading files is work, and twelve calls under one rate take what the rate allows.
        if (name != "lines" && fast > slow * 0.85) complain("concurrently took " fast " s, sequentially " slow " s")
    }
    /^  the server saw / { if (name == "semaphore" && $6 > 10 || name == "prices" && $6 > 5) complain("too many concurrent requests") }
    END {
        if (pieces != 12) { name = "all"; complain(pieces " pieces instead of 12") }
        want["concurrent"] = "5 answers, the same both ways"
        want["gather"] = "User 42, first order 420, 0 unread"
        want["task"] = "the answer was 200"
        want["users"] = "octocat 8, torvalds 9, gvanrossum 25, lattner 12, bagder 120"
        want["semaphore"] = "20 answers"
        want["queue"] = "three consumers took 18 bytes"
        want["timeout"] = "2 in time, 1 not"
        want["lines"] = "2000 of 200000 lines end in 500"
        want["store"] = "beyond id 3: 3 users, the last User 6"
        want["prices"] = "20 prices, the first 9.99"
        want["retry"] = "3 worked after 2 failures"
        want["rate"] = "12 calls"
        for (name in want) if (index(found[name], want[name]) == 0) complain("did not find: " want[name])
        exit failed
    }'
