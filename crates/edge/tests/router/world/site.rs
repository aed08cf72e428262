//! Web parts as a build leaves them.

use bytes::Bytes;
use kinora_edge::site::{SiteFile, SiteFiles};

/// The built files of the tests, by their path; some with compressed forms.
pub(crate) struct Built;

impl SiteFiles for Built {
    fn file(&self, path: &str) -> Option<SiteFile> {
        let (content_type, brotli, gzip) = match path {
            "player/index.html" | "docs/index.html" | "home/index.html" => ("text/html; charset=utf-8", true, true),
            "player/assets/main-0A1B2C3D.js" => ("text/javascript; charset=utf-8", true, true),
            "docs/main.js" => ("text/javascript; charset=utf-8", false, true),
            "home/assets/icon-00FF00FF.svg" => ("image/svg+xml", false, false),
            _ => return None,
        };
        let form = |coding: &str| Bytes::from(format!("{coding} {path}"));
        Some(SiteFile {
            plain: form("plain"),
            brotli: brotli.then(|| form("br")),
            gzip: gzip.then(|| form("gzip")),
            content_type: content_type.to_owned(),
            etag: format!("tag-of-{}", path.replace('/', "-")),
        })
    }
}
