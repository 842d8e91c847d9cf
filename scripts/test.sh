#!/usr/bin/env bash
# Runs all tests that `swift build --build-tests` built. What failed is said once more at the end, with its message:
# a log that kept only its last lines must still name it.
set -uo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Without a bound all tests begin at the same time: on two slow cores tests that wait for a server then wait behind those
# that compute, for longer than any of their limits.
SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=${FETCHALL_TEST_WIDTH:-16} "${SWIFT:-swift}" test --skip-build 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
    printf '\nscripts/test.sh: what failed (exit status %s):\n' "$status"
    # A failed expectation, what it compared (its "↳" lines), a crash, and the last word.
    grep -aE -A4 'recorded an issue|^✘ Test run|[Ff]atal error|error: |unexpected signal' "$log" \
        | grep -avE '^(✔|◇|➜|--)' | cut -c1-600 | tail -n 60
fi
exit "$status"
