#!/usr/bin/env bash
# Runs every fuzz target for a while: FUZZ_SECONDS each, 60 when not set.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cargo +nightly --version >/dev/null 2>&1 || die "a nightly Rust is needed: rustup toolchain install nightly --profile minimal"
cargo fuzz --version >/dev/null 2>&1 || die "cargo-fuzz is needed: cargo install cargo-fuzz --locked"
targets=$(cargo +nightly fuzz list)
for target in $targets; do
    step "fuzz target $target" cargo +nightly fuzz run "$target" -- "-max_total_time=${FUZZ_SECONDS:-60}"
done
