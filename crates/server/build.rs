//! Says in one sentence what is missing when the web parts have not been built: the embedding itself
//! would fail with a page of macro errors.

use std::path::Path;

fn main() {
    // Asked when it runs, not when it was built: checkouts that share a target directory share this program.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let dist = Path::new(&package).join("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    if !dist.join("player/index.html").exists() {
        println!("cargo::error=the web parts are not built: run `make build`, or `npm ci && npm run build` in web/");
    }
}
