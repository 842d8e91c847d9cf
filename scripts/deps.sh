#!/usr/bin/env bash
# The system packages of fetchall, from apt or brew: nothing is installed without being named first, and no service that
# comes with a package is started.
#
#     scripts/deps.sh build | test      installs what is missing to build, or to run the tests; needs root or sudo
#     scripts/deps.sh check             says in one line what is missing to build, exit 1; installs nothing
set -euo pipefail

apt_build=(
    libcurl4-openssl-dev libssl-dev zlib1g-dev libbrotli-dev libzstd-dev libidn2-dev libpsl-dev libxml2-dev libjq-dev
    libsqlite3-dev libtomlplusplus-dev libcmark-gfm-dev libcmark-gfm-extensions-dev pkg-config
)
# openssl and python3 are the TLS servers of the tests, iproute2 makes their network namespaces, readelf is of binutils;
# valgrind sees what libcurl does with its own memory; zsh and fish complete the command line, groff and mandoc read the
# man pages; xmllint (libxml2-utils) checks JUnit reports. Tests of the HTML report want chromium, 200 MB, and are skipped without.
apt_test=(binutils fish groff-base iproute2 jq libxml2-utils mandoc openssl python3 python3-jsonschema valgrind zsh)
brew_build=(curl openssl@3 zlib brotli zstd libidn2 libpsl libxml2 jq sqlite tomlplusplus cmark-gfm pkg-config)
brew_test=(jq openssl python3)
# What `check` asks for where there is neither dpkg nor brew.
modules=(libcurl libcrypto zlib libbrotlidec libzstd libidn2 libpsl libxml-2.0 sqlite3 tomlplusplus)

say() { printf 'fetchall: %s\n' "$*" >&2; }

if ! command -v swift >/dev/null; then
    say "Swift 6.2 or newer is not on the PATH: get it from https://www.swift.org/install"
    exit 1
fi

case ${1:-} in
build | check) apt=("${apt_build[@]}") brew=("${brew_build[@]}") ;;
test) apt=("${apt_test[@]}") brew=("${brew_test[@]}") ;;
*)
    say "usage: scripts/deps.sh build | test | check"
    exit 2
    ;;
esac

missing=()
if [ "$(uname)" = Darwin ]; then
    if ! command -v brew >/dev/null; then
        say "Homebrew is not installed: get it from https://brew.sh"
        exit 1
    fi
    for package in "${brew[@]}"; do
        brew list --versions "$package" >/dev/null 2>&1 || missing+=("$package")
    done
elif command -v dpkg-query >/dev/null; then
    for package in "${apt[@]}"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
elif [ "$1" = check ]; then
    for module in "${modules[@]}"; do pkg-config --exists "$module" 2>/dev/null || missing+=("$module"); done
else
    say "this system has neither apt nor brew; install these with its own package manager: ${apt[*]}"
    exit 1
fi
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$1" = check ]; then
    say "packages are missing (${missing[*]}): run 'make deps' to install them"
    exit 1
fi
printf 'This installs with %s: %s\n' "$([ "$(uname)" = Darwin ] && echo brew || echo apt-get)" "${missing[*]}"
if [ "$(uname)" = Darwin ]; then
    exec brew install "${missing[@]}"
fi

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    say "root or sudo is needed for: apt-get install --no-install-recommends ${missing[*]}"
    exit 1
fi
# Debian's packages ask this file whether a service may be started (invoke-rc.d(8)); 101 forbids it. One that is there stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'as_root rm -f "$policy"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin "$policy"
fi
as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
