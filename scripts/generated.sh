#!/usr/bin/env bash
# Writes the documents anew that are generated from the program: the settings file and the OpenAPI documents.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

scripts/install.sh build
find_tools
scripts/build.sh web
# What is set here must not end up in the documents.
while read -r variable; do unset "$variable"; done < <(compgen -e KINORA_)
mkdir -p docs/api
cargo build --locked --package kinora --bin kinora
"$CARGO_TARGET_DIR/debug/kinora" config >kinora.example.toml
for dialect in videokit azure; do
    "$CARGO_TARGET_DIR/debug/kinora" openapi "$dialect" >"docs/api/$dialect.json"
done
