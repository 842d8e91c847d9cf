#!/bin/sh
# Makes the DocC archive of FetchCore with the toolchain's own tools; no plugin, no network.
set -eu
cd "$(dirname "$0")/.."
graphs=.build/symbol-graphs
rm -rf "$graphs"
mkdir -p "$graphs"
swift build --target FetchCore -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc "$graphs" \
    -Xswiftc -symbol-graph-minimum-access-level -Xswiftc public --scratch-path .build/docs
# Only this module's graphs: those of its dependencies are not its documentation.
find "$graphs" -name '*.symbols.json' ! -name 'FetchCore*' -delete
docc convert Sources/FetchCore/FetchCore.docc --additional-symbol-graph-dir "$graphs" \
    --fallback-display-name FetchCore --fallback-bundle-identifier fetchall.FetchCore \
    --output-path .build/FetchCore.doccarchive
echo "see .build/FetchCore.doccarchive (docc preview, or any web server)"
