#!/usr/bin/env bash
# Removes what was built. The library in ./data and the tools in ./.tools stay.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

if have cargo; then cargo clean; fi
rm -rf web/dist web/node_modules
