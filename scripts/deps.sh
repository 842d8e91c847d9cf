#!/bin/sh
# Installs the system packages that are missing. Needs root (or sudo) only if something is.
set -eu

if ! command -v swift >/dev/null 2>&1; then
    echo "fetchall needs Swift 6.2 or newer, and there is none on the PATH." >&2
    echo "Get it from https://www.swift.org/install (on a Mac, Xcode 26 brings it), then run make again." >&2
    exit 1
fi

if [ "$(uname)" = Darwin ]; then
    command -v brew >/dev/null 2>&1 || { echo "Install Homebrew first: https://brew.sh" >&2; exit 1; }
    missing=
    for package in curl zlib libidn2 libxml2 libpsl sqlite jq pkg-config; do
        brew list --versions "$package" >/dev/null 2>&1 || missing="$missing $package"
    done
    [ -z "$missing" ] || brew install $missing
    exit 0
fi

missing=
for package in libcurl4-openssl-dev zlib1g-dev libidn2-dev libxml2-dev libpsl-dev libjq-dev libsqlite3-dev \
    sqlite3 pkg-config jq; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null 2>&1 || {
    echo "Install these with your package manager, under the names it has for them:$missing" >&2
    exit 1
}
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends $missing
