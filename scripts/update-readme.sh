#!/bin/sh
# Puts the output of `fetchall --help` between the README's two marks. A test fails when they differ.
set -eu
cd "$(dirname "$0")/.."
help=$(mktemp)
"${1:-.build/debug/fetchall}" --help >"$help"
awk -v help="$help" '
    /<!-- help -->/ { print; print "```"; while ((getline line < help) > 0) print line; print "```"; skip = 1 }
    /<!-- \/help -->/ { skip = 0 }
    !skip { print }
' README.md >README.new
mv README.new README.md
rm -f "$help"
