#!/usr/bin/env bash
# Installs what the tests need and runs all of them.
# KINORA_EXTRA_MEDIA may name a folder of films (MP4, WebM, FLV) that the browser plays as well.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

# The server takes every variable KINORA_... for a setting: what is meant for the tests, or for somebody's own
# server, must not reach the servers under test.
extra_media=${KINORA_EXTRA_MEDIA:-}
test_name=${KINORA_TEST_NAME:-}
while read -r variable; do unset "$variable"; done < <(compgen -e KINORA_)

rust_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --workspace --locked && cargo test --workspace --locked --doc
    else
        cargo test --workspace --locked
    fi
}

browser_tests() {
    local settings=(CHROMIUM="$(find_chromium)")
    [[ -z $extra_media ]] || settings+=(KINORA_EXTRA_MEDIA="$extra_media")
    [[ -z $test_name ]] || settings+=(KINORA_TEST_NAME="$test_name")
    env "${settings[@]}" npm --prefix web run test:browser
}

step "what the tests need" scripts/install.sh runtime build test
find_tools
scripts/build.sh web
step "web types and style" npm --prefix web run check
step "web unit tests" npm --prefix web test
step "Rust tests" rust_tests
scripts/build.sh
step "browser tests" browser_tests
printf '\nAll tests passed.\n'
