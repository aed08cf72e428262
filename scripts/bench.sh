#!/usr/bin/env bash
# Measures Kinora beside its peers and prints the table. Usage: scripts/bench.sh [--quick] [--only PART]...
# KINORA_BENCH_MEDIA may name a film to make the footage of.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

step "what the benchmark needs" scripts/install.sh runtime build bench
find_tools
scripts/build.sh
step "benchmark" cargo bench --locked --package kinora --bench peers -- "$@"
