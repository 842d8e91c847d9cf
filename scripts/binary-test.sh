#!/usr/bin/env bash
# Tests the release binary as a file: how it is linked, what it loads and from where, how large it is. Linux only.
# FETCHALL names another binary than that of the release build.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."
if [ "$(uname)" != Linux ]; then
    echo "skipped: the rules are about ELF"
    exit 0
fi
binary=$(realpath "${FETCHALL:-.build/release/fetchall}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
readelf -W --file-header "$binary" >"$folder/header"
readelf -W --dynamic "$binary" >"$folder/dynamic"
readelf -W --program-headers "$binary" >"$folder/segments"
ldd "$binary" >"$folder/libraries"

failures=0
# check WHAT COMMAND...: the command must succeed.
check() {
    if "${@:2}" >"$folder/output" 2>&1; then
        echo "ok      $1"
    else
        echo "FAILED  $1" >&2
        cat "$folder/output" >&2
        failures=$((failures + 1))
    fi
}
lacks() { ! grep -E "$@"; }

check "it is position-independent" grep -E 'Type: +DYN ' "$folder/header"
check "all symbols are bound at the start" grep -E '\(FLAGS_1\).*NOW' "$folder/dynamic"
check "what is bound is read-only then" grep -E 'GNU_RELRO' "$folder/segments"
check "code is never written to" lacks 'TEXTREL' "$folder/dynamic"
check "the stack is not executable" grep -E 'GNU_STACK .* RW +0' "$folder/segments"
check "no segment is writable and executable" lacks 'LOAD .* RWE ' "$folder/segments"
check "no folder is searched for libraries but the system's" lacks 'RPATH|RUNPATH' "$folder/dynamic"
for library in libcurl.so.4 libsqlite3.so.0 libz.so.1 libbrotlidec.so.1 libzstd.so.1 libidn2.so.0 libpsl.so.5; do
    check "$library is linked" grep -E "NEEDED.*\\[$library\\]" "$folder/dynamic"
    check "$library is found" grep -E "$library => /" "$folder/libraries"
done
check "what few runs need is loaded by its first use" lacks 'libxml2|libicu|libjq|libcmark' "$folder/libraries"
check "Swift needs no installation" lacks 'libswift|libFoundation|libdispatch' "$folder/libraries"

# Swift's module for regular expressions is 1 MB; a search for a text in a text needs it, if it is that of the library.
nm "$binary" >"$folder/symbols" 2>"$folder/output" || true
no_regular_expressions() {
    grep -q '17_StringProcessing' "$folder/symbols" || return 0
    echo 'contains("ab"), firstRange(of:), replacing(_:with:), split by a text or Regex is used. Use contains(text:),'
    echo 'range(ofText:), range(ofBytes:), replacing(text:with:) or parts(separatedByText:) of FetchSystem, in:'
    nm -uA .build/release/*.build/*.o 2>&1 | grep '17_StringProcessing' | cut -d: -f1 | sort -u
    return 1
}
if [ -s "$folder/symbols" ]; then
    check "it does not contain _StringProcessing" no_regular_expressions
else
    echo "skipped: _StringProcessing, for the binary has no symbols"
fi

limit=16000000
strip -o "$folder/fetchall" "$binary"
size=$(stat -c %s "$folder/fetchall")
check "it has at most $limit bytes, stripped: $size" test "$size" -le "$limit"

# A library beside the program is not loaded, wherever the program is started. Each has one function, a constructor that
# leaves a mark.
compiler=$(command -v cc || command -v clang)
printf '#include <fcntl.h>\n__attribute__((constructor)) static void loaded(void) { open(MARK, O_CREAT, 0600); }\n' \
    >"$folder/plant.c"
# planted LIBRARY ARGUMENT...: runs a copy of the program beside a false library; succeeds if both were left alone.
planted() {
    local home=$folder/$1
    mkdir -p "$home"
    cp "$folder/fetchall" "$home"
    "$compiler" -shared -fPIC "-DMARK=\"$home/mark\"" "-Wl,-soname,$1" -o "$home/$1" "$folder/plant.c"
    (cd "$home" && printf '' | ./fetchall "${@:2}") || return 1
    [ ! -e "$home/mark" ] || return 1
    # It would show: where it is searched for there, the run fails or leaves the mark.
    if (cd "$home" && printf '' | LD_LIBRARY_PATH=$home ./fetchall "${@:2}") && [ ! -e "$home/mark" ]; then
        echo "the test shows nothing: the planted library does no harm even where it is loaded"
        return 1
    fi
}
check "a libcurl beside the program is not loaded" planted libcurl.so.4 --version
check "a libjq beside the program is not loaded" planted libjq.so.1 --json --jq . -
printf '# Title\n' >"$folder/page.md"
cmark=$(cd /usr/lib && ls -- */libcmark-gfm-extensions.so.*.gfm.* 2>/dev/null | head -n 1)
check "a libcmark-gfm beside the program is not loaded" planted "${cmark##*/}" check "$folder/page.md"
[ "$failures" = 0 ]
