#!/usr/bin/env bash
# Everything that is checked about the sources without running them, and that generated documents are fresh.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

check_scripts() {
    local script
    for script in scripts/*.sh .ci/run; do
        bash -n "$script" || return
    done
    if have shellcheck; then shellcheck -x scripts/*.sh .ci/run; fi
}

# The whole workspace is named although one package has the tests: so the dependencies are built with
# the same features as for `make test`, and therefore only once.
workspace_test() { cargo test --workspace --locked --test "$1"; }

docs() { RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked; }

step "what the checks need" scripts/install.sh build check
find_tools
step "shell scripts" check_scripts
step "format" cargo fmt --all --check
scripts/build.sh web
step "web types and style" npm --prefix web run check
step "clippy" cargo clippy --workspace --all-targets --locked -- -D warnings
step "layers" workspace_test layers
step "generated documents" workspace_test generated
step "documentation" docs
printf '\nAll checks passed.\n'
