#!/bin/sh
# Rules of the house that a formatter does not know. Prints what breaks one; exits 1 if anything does.
status=0
rule() {
    [ -z "$2" ] && return
    printf '%s\n%s\n' "$1" "$2" >&2
    status=1
}
rule "import CCurl outside Sources/FetchTransport:" \
    "$(grep -rln 'import CCurl' Sources --include='*.swift' | grep -v '^Sources/FetchTransport/')"
rule "import CSQLite outside Sources/FetchSQLite:" \
    "$(grep -rln 'import CSQLite' Sources --include='*.swift' | grep -v '^Sources/FetchSQLite/')"
rule "stdout or stderr written outside the Console:" \
    "$(grep -rnE '(^|[^a-zA-Z._])(print|debugPrint|fputs)\(' Sources --include='*.swift' | grep -v Console)"
rule "try!, as! or fatalError:" "$(grep -rnE '\btry!|\bas!|fatalError\(' Sources Tests examples --include='*.swift' --exclude-dir='.build*')"
rule "Foundation in the sources:" \
    "$(grep -rnE 'import ((struct|class|enum|func) )?Foundation' Sources Vendor --include='*.swift')"
rule "a test of FetchCoreTests that sleeps:" \
    "$(grep -rnE 'Task\.sleep|usleep\(' Tests/FetchCoreTests --include='*.swift')"
rule "an option of the command line in a message of a library module:" \
    "$(grep -rnE '"[^"]*--[a-z]' Sources/Fetch* --include='*.swift' | grep -vE ':[0-9]+: *//')"
rule "a CURLcode without its name:" "$(grep -rnE 'curlCode(:| ==) *-?[0-9]' Sources --include='*.swift')"
# Bytes that go out again are never repaired: each place that decodes with U+FFFD is in the list with its reason.
rule "lossy decoding that scripts/lossy-decoding.txt does not allow (file, number there, number found):" \
    "$(grep -rcE '(^|[^.])String\((decoding|cString|decodingCString|platformString|repairing): ?|CommandLine\.arguments' \
        Sources --include='*.swift' |
        awk -v list=scripts/lossy-decoding.txt '
            BEGIN { while ((getline line < list) > 0) { split(line, f, " "); if (f[1] !~ /^#/) allowed[f[1]] = f[2] } }
            { split($0, f, ":"); sub(/^Sources\//, "", f[1]); found[f[1]] = f[2]
              if (f[2] + 0 > 0 && f[2] != allowed[f[1]]) print f[1], allowed[f[1]] + 0, f[2] }
            END { for (file in allowed) if (!(file in found) || found[file] + 0 == 0) print file, allowed[file], 0 }')"
rule "a field that goes out again, read as text (use bytes(of:), reference(_:) or references(_:)):" \
    "$(grep -rniE '(headers|answer)\["(location|link|etag|content-location)"\]|values\(of: "(location|link|etag)"\)' \
        Sources --include='*.swift')"
exit $status
