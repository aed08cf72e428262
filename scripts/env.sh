# What all scripts share; sourced by them, never run.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Where Cargo builds, as an absolute path: tests and tools run in other folders.
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}
[[ $CARGO_TARGET_DIR == /* ]] || CARGO_TARGET_DIR=$root/$CARGO_TARGET_DIR
export CARGO_TARGET_DIR

# The oldest versions that work.
rust_wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
node_wanted=20

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Runs a command under a name: says what begins, how long it took, or what failed.
step() {
    local name=$1 begun=$SECONDS
    shift
    printf '\n==> %s\n' "$name"
    "$@" || die "this step failed: $name"
    printf '    %s: fine, %d s\n' "$name" $((SECONDS - begun))
}

have() { command -v "$1" >/dev/null 2>&1; }

# Whether version $1 is at least version $2.
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# The version of a tool (nothing where there is none): version_of cargo
version_of() { "$1" --version 2>/dev/null | sed -n 's/^[a-z]* *v\{0,1\}\([0-9][0-9.]*\).*/\1/p' | head -n 1 || true; }

rust_is_fine() { at_least "$(version_of rustc)" "$rust_wanted" && at_least "$(version_of cargo)" "$rust_wanted"; }
node_is_fine() { at_least "$(version_of node)" "$node_wanted" && npm --version >/dev/null 2>&1; }

# Prints a Chromium that starts. On Ubuntu a package of this name may only say where to find one.
find_chromium() {
    local name
    for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome-stable google-chrome; do
        if "$name" --version >/dev/null 2>&1; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# Puts the tools that install.sh fetched in front, where the machine's own are missing or too old.
find_tools() {
    [[ ! -d ${CARGO_HOME:-$HOME/.cargo}/bin ]] || PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
    if have rustup && ! rust_is_fine; then export RUSTUP_TOOLCHAIN=$rust_wanted; fi
    if [[ -x .tools/node/bin/node ]] && ! node_is_fine; then
        PATH=$root/.tools/node/bin:$PATH
        # Like Debian's own Node.js, trust whom the machine trusts.
        export NODE_USE_SYSTEM_CA=1
    fi
    export PATH
}
find_tools
