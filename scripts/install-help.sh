#!/usr/bin/env bash
# Installs the man pages and the completions of bash, zsh and fish, which the program itself writes:
# scripts/install-help.sh BINARY SHARE, where SHARE is the folder share of the prefix.
set -euo pipefail
fetchall=$1 share=$2
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

# A file is installed only if the program wrote all of it.
put() {
    local folder=$share/$1 name=$2
    shift 2
    "$fetchall" "$@" > "$new/$name"
    install -d -m 755 "$folder"
    install -m 644 "$new/$name" "$folder/$name"
}

"$fetchall" man --list > "$new/pages"
while read -r page; do put man/man1 "$page.1" man "$page"; done < "$new/pages"
put bash-completion/completions fetchall completions bash
put zsh/site-functions _fetchall completions zsh
put fish/vendor_completions.d fetchall.fish completions fish
