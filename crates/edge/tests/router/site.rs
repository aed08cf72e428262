//! The pages and their assets.

use crate::world::{World, ask};

const PAGES: [(&str, &str); 4] = [
    ("/", "home/index.html"),
    ("/embed/01890a5d-ac96-774b-bcce-b302099a8057", "player/index.html"),
    ("/embed/x", "player/index.html"),
    ("/docs/", "docs/index.html"),
];
const ASSETS: [(&str, &str); 3] = [
    ("/docs/main.js", "docs/main.js"),
    ("/_player/main-0A1B2C3D.js", "player/assets/main-0A1B2C3D.js"),
    ("/_home/icon-00FF00FF.svg", "home/assets/icon-00FF00FF.svg"),
];

#[tokio::test]
async fn every_address_has_its_file() {
    let world = World::new().await;
    for (path, file) in PAGES.into_iter().chain(ASSETS) {
        assert_eq!(world.fetch(path).await.expect(200).text(), format!("plain {file}"), "{path}");
    }
    for path in [
        "/_player/gone.js",
        "/_home/gone.svg",
        "/docs/gone.js",
        "/_player/..%2Findex.html",
        "/docs/..%2Fhome%2Findex.html",
    ] {
        world.fetch(path).await.expect(404);
    }
    for path in ["/embed", "/embed/", "/embed/x/y", "/_player/", "/index.html", "/openapi/other.json"] {
        world.fetch(path).await.expect(404);
    }
}

#[tokio::test]
async fn types_are_told_and_not_guessed() {
    let world = World::new().await;
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/embed/x", "text/html; charset=utf-8"),
        ("/docs/", "text/html; charset=utf-8"),
        ("/docs/main.js", "text/javascript; charset=utf-8"),
        ("/_player/main-0A1B2C3D.js", "text/javascript; charset=utf-8"),
        ("/_home/icon-00FF00FF.svg", "image/svg+xml"),
    ] {
        let answer = world.fetch(path).await.expect(200);
        assert_eq!(answer.header("content-type"), Some(content_type), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}

/// The sources that a policy allows for what it names.
fn allowed<'policy>(policy: &'policy str, what: &str) -> Option<&'policy str> {
    policy.split("; ").find_map(|directive| directive.strip_prefix(what)?.strip_prefix(' '))
}

#[tokio::test]
async fn the_player_may_be_framed_and_the_other_pages_may_not() {
    let world = World::new().await;
    for (path, _) in PAGES.into_iter().chain(ASSETS) {
        let answer = world.fetch(path).await.expect(200);
        let policy = answer.header("content-security-policy").unwrap();
        let is_player = path.starts_with("/embed/") || path.starts_with("/_player/");
        assert_eq!(allowed(policy, "frame-ancestors"), Some(if is_player { "*" } else { "'none'" }), "{path}");
        assert_eq!(answer.header("x-frame-options"), None, "{path}: the policy says it");
        for (what, sources) in
            [("default-src", "'none'"), ("script-src", "'self'"), ("connect-src", "'self'"), ("base-uri", "'none'")]
        {
            assert_eq!(allowed(policy, what), Some(sources), "{path}");
        }
        assert_eq!(allowed(policy, "media-src"), is_player.then_some("'self' blob: data:"), "{path}");
    }
}

#[tokio::test]
async fn the_coding_is_the_best_that_the_client_takes() {
    let world = World::new().await;
    for (path, accepted, coding) in [
        ("/embed/x", None, None),
        ("/embed/x", Some("identity"), None),
        ("/embed/x", Some("gzip"), Some("gzip")),
        ("/embed/x", Some("br"), Some("br")),
        ("/embed/x", Some("gzip, deflate, br, zstd"), Some("br")),
        ("/embed/x", Some("gzip;q=0.9,br;q=0.5"), Some("br")),
        ("/embed/x", Some("GZIP"), Some("gzip")),
        ("/embed/x", Some("br;q=0, gzip"), Some("gzip")),
        ("/embed/x", Some("br;q=0,gzip;q=0.000"), None),
        ("/embed/x", Some("brotli"), None),
        ("/docs/main.js", Some("br, gzip"), Some("gzip")),
        ("/docs/main.js", Some("br"), None),
        ("/_home/icon-00FF00FF.svg", Some("br, gzip"), None),
    ] {
        let ask = ask("GET", path);
        let ask = match accepted {
            Some(accepted) => ask.header("accept-encoding", accepted),
            None => ask,
        };
        let answer = world.call(ask).await.expect(200);
        assert_eq!(answer.header("content-encoding"), coding, "{path} {accepted:?}");
        assert!(answer.text().starts_with(coding.unwrap_or("plain")), "{path} {accepted:?}");
        assert_eq!(answer.header("vary"), Some("accept-encoding"), "{path} {accepted:?}");
    }
}

#[tokio::test]
async fn pages_are_asked_for_again_and_assets_are_kept() {
    let world = World::new().await;
    let pages = PAGES.map(|(path, _)| (path, "no-cache"));
    let assets = ASSETS.map(|(path, _)| (path, "public, max-age=31536000, immutable"));
    for (path, lasts) in pages.into_iter().chain(assets) {
        let sent = world.fetch(path).await.expect(200);
        assert_eq!(sent.header("cache-control"), Some(lasts), "{path}");
        let tag = sent.header("etag").unwrap();
        let same =
            world.call(ask("GET", path).header("if-none-match", tag).header("accept-encoding", "br")).await.expect(304);
        assert!(same.body.is_empty(), "{path}");
        for header in ["etag", "cache-control", "vary"] {
            assert_eq!(same.header(header), sent.header(header), "{path} {header}");
        }
        world.call(ask("GET", path).header("if-none-match", "\"old\"")).await.expect(200);
    }
}

#[tokio::test]
async fn the_document_of_the_api_names_this_server() {
    let world = World::new().await;
    let document = world.fetch("/openapi/videokit.json").await.expect(200).json();
    assert_eq!(document["servers"][0]["url"], "https://films.example/cloud");
    let redirect = world.fetch("/docs").await.expect(308);
    // Relative, because a proxy may have taken the beginning of the path away.
    assert_eq!(redirect.header("location"), Some("docs/"));
}
