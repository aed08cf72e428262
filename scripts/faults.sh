#!/usr/bin/env bash
# Random faults over a real batch of films: what is promised of crashes, tried. Usage: scripts/faults.sh
# [--faults 200] [--seed N]. The data lie on a disk of their own in memory, of
# three gigabytes: large enough for all that is fed, and small enough to be filled.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

step "what the faults need" scripts/install.sh runtime build
find_tools
scripts/build.sh
binary="${CARGO_TARGET_DIR:-$PWD/target}/release/kinora"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
mounts=(-m)
unshare -m true 2>/dev/null || mounts=(-rm)
# shellcheck disable=SC2016
unshare "${mounts[@]}" sh -c 'kinora=$1 && shift && mount -t tmpfs -o size=3g,mode=0700 tmpfs "$0" \
    && exec node tests/faults/main.mjs --kinora "$kinora" --data "$0" "$@"' "$folder" "$binary" "$@"
