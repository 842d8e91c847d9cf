#!/usr/bin/env bash
# Runs all tests that `swift build --build-tests` built. Those that start the command start the release binary where it is
# built: it is what users get, and it takes a tenth of the processor time of the other one. What failed is said once more at the end, with its message:
# a log that kept only its last lines must still name it.
set -uo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Tests that compute go before tests that wait for servers, and few begin at the same time: on two slow cores a test that
# waits would otherwise stand behind those that compute for longer than any of its limits.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=${FETCHALL_TEST_WIDTH:-16}
if [ -x .build/release/fetchall ]; then export FETCHALL_BINARY=${FETCHALL_BINARY:-$PWD/.build/release/fetchall}; fi
computing='^(FetchCoreTests|FetchSQLiteTests)\.'
status=0
for part in --filter --skip; do
    "${SWIFT:-swift}" test --skip-build "$part" "$computing" 2>&1 | tee -a "$log"
    code=${PIPESTATUS[0]}
    [ "$code" -eq 0 ] || status=$code
done
if [ "$status" -ne 0 ]; then
    printf '\nscripts/test.sh: what failed (exit status %s):\n' "$status"
    # A failed expectation, what it compared (its "↳" lines), a crash, and the last word.
    grep -aE -A4 'recorded an issue|^✘ Test run|[Ff]atal error|error: |unexpected signal' "$log" \
        | grep -avE '^(✔|◇|➜|--)' | cut -c1-600 | tail -n 60
fi
exit "$status"
