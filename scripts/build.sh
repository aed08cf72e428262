#!/usr/bin/env bash
# Builds the web parts into web/dist and, unless only those are asked for, the release binary with them inside.
# Usage: scripts/build.sh [web]
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

stamp=web/node_modules/.cache/kinora/built

packages_are_there() {
    local installed=web/node_modules/.package-lock.json
    [[ $installed -nt web/package-lock.json && $installed -nt web/package.json ]]
}

# Whether nothing below web/ changed since the last build. Folders count too: a file may have gone.
pages_are_there() {
    [[ -e $stamp && -e web/dist/player/index.html ]] &&
        [[ -z $(find web \( -path web/node_modules -o -path web/dist \) -prune -o -newer "$stamp" -print -quit) ]]
}

build_pages() {
    rm -f "$stamp" && npm --prefix web run build && mkdir -p "${stamp%/*}" && touch "$stamp"
}

packages_are_there || step "packages of the web parts" npm --prefix web ci --no-audit --no-fund
pages_are_there || step "web parts" build_pages
if [[ ${1:-} != web ]]; then
    step "release binary" cargo build --release --locked --package kinora --bin kinora
fi
