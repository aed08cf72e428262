//! The web parts as built by `web/`, inside the binary.

use bytes::Bytes;
use kinora_edge::site::{SiteFile, SiteFiles};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;
use std::fmt::Write as _;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Built;

/// The embedded files.
pub(crate) struct Embedded;

impl SiteFiles for Embedded {
    fn file(&self, path: &str) -> Option<SiteFile> {
        let file = Built::get(path)?;
        let etag = file.metadata.sha256_hash().iter().take(16).fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            write!(text, "{byte:02x}").unwrap_or_default();
            text
        });
        Some(SiteFile {
            content_type: content_type(path).to_owned(),
            etag,
            brotli: Built::get(&format!("{path}.br")).map(bytes),
            gzip: Built::get(&format!("{path}.gz")).map(bytes),
            plain: bytes(file),
        })
    }
}

fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
