#!/usr/bin/env bash
# Writes Vendor/ArgumentParser anew from a checkout of swift-argument-parser (Apache 2.0), without Foundation.
# Usage: scripts/vendor-argument-parser.sh CHECKOUT
#
# Upstream imports FoundationEssentials for one JSONEncoder and one protocol (LocalizedError). The linker cannot leave a
# module's conformances out, so these two cost 7.5 MB of program. Everything else is taken as it is: the tool-info module
# is compiled into the parser's, and Utilities/Foundation.swift is replaced by Vendor/Utilities.swift.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: $0 CHECKOUT" >&2; exit 2; }
checkout=$1
cd "$(dirname "$0")/.."
target=Vendor/ArgumentParser
rm -rf "$target"
mkdir -p "$target"
cp -R "$checkout/Sources/ArgumentParser/." "$target/"
rm -rf "$target/Documentation.docc" "$target/CMakeLists.txt" "$target/Utilities/Foundation.swift"
cp "$checkout/Sources/ArgumentParserToolInfo/ToolInfo.swift" "$target/Usage/ToolInfo.swift"
# A command is copied as one pointer for each option; inline values were 400 kB of functions that copy commands.
sed -i.orig 's/^enum Parsed<Value> {$/indirect &/' "$target/Parsing/Parsed.swift"
# The program writes its own completion scripts (Sources/fetchall/Help); upstream's are 100 kB, and looked for at each start.
rm -rf "$target/Completions"
patch --quiet --no-backup-if-mismatch -d "$target" -p1 <Vendor/without-completions.patch
# Upstream builds the set of a command's options a second time to ask whether it has an argument for all that is unknown.
patch --quiet --no-backup-if-mismatch -d "$target" -p1 <Vendor/one-argument-set.patch
# The case is used by the file beside it now; a warning there would be ours.
sed -i.orig '/@available(\*, deprecated, message: "Use custom instead.")/d' "$target/Usage/ToolInfo.swift"
find "$target" -name '*.swift' -exec sed -i.orig '/import ArgumentParserToolInfo$/d' {} +
find "$target" -name '*.orig' -delete
cp "$checkout/LICENSE.txt" Vendor/LICENSE.txt
git -C "$checkout" describe --tags > Vendor/VERSION
cp Vendor/Utilities.swift "$target/Utilities/Utilities.swift"
