#!/bin/sh
# Makes the DocC archives of the libraries with the toolchain's own tools; no plugin, no network.
set -eu
cd "$(dirname "$0")/.."
build=.build/docs
swift build --target FetchStore --scratch-path "$build"
swift build --target FetchCore --scratch-path "$build"
modules=$(swift build --scratch-path "$build" --show-bin-path)
set --
for map in Sources/C*/module.modulemap "$modules"/C*.build/module.modulemap; do
    if [ -f "$map" ]; then set -- "$@" -Xcc "-fmodule-map-file=$map"; fi
done
target=$(swiftc -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p')
for library in FetchCore FetchStore; do
    graphs=.build/symbol-graphs/$library
    rm -rf "$graphs"
    mkdir -p "$graphs"
    # What FetchCore brings along of the modules below it is its interface too.
    swift symbolgraph-extract -module-name "$library" -I "$modules/Modules" "$@" -target "$target" \
        -minimum-access-level public -module-cache-path "$modules/ModuleCache" -output-dir "$graphs" \
        -experimental-allowed-reexported-modules=FetchHTTP,FetchScheduling,FetchSystem
    docc convert "Sources/$library/$library.docc" --additional-symbol-graph-dir "$graphs" \
        --fallback-display-name "$library" --fallback-bundle-identifier "fetchall.$library" \
        --output-path ".build/$library.doccarchive"
    echo "see .build/$library.doccarchive (docc preview, or any web server)"
done
