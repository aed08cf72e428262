//! Which pages may show a film.

use super::{Behind, id};
use crate::world::{PUBLIC_URL, ask};
use core::time::Duration;
use kinora_app::guard::{allow_site, allowed_sites, forbid_site, set_asset_policy};
use kinora_domain::Kind;
use kinora_domain::playback::AssetPolicy;

#[tokio::test]
async fn only_pages_of_allowed_sites_may_ask() {
    let behind = Behind::new().await;
    let (world, caller) = (&behind.world, behind.caller());
    set_asset_policy(&world.app, &caller, id(&behind.asset), AssetPolicy::Open).await.unwrap();
    world.fetch(&behind.master()).await.expect(200);
    let site = allow_site(&world.app, &caller, "https://shop.example").await.unwrap();
    let again = allow_site(&world.app, &caller, "shop.example").await.unwrap();
    assert_eq!(again.id, site.id, "one site, one entry");
    allow_site(&world.app, &caller, "*.partner.example").await.unwrap();
    for (name, page, status) in [
        ("origin", "https://shop.example", 200),
        ("origin", "https://www.partner.example:8443", 200),
        ("referer", "https://shop.example/page?x=1", 200),
        ("referer", &format!("{PUBLIC_URL}/embed/{}", behind.asset), 200),
        ("origin", "https://other.example", 403),
        ("origin", "https://shop.example.other.example", 403),
        ("origin", "null", 403),
        ("referer", "https://other.example/?https://shop.example", 403),
    ] {
        for address in behind.addresses() {
            let answer = world.call(ask("GET", &address).header(name, page)).await;
            assert_eq!(answer.status, status, "{name} {page}: {address}");
            if status == 200 {
                assert!(answer.header("cache-control").unwrap().starts_with("private"), "{address}");
            }
        }
    }
    // What the page says first, counts.
    let both = ask("GET", &behind.master()).header("origin", "https://other.example");
    world.call(both.header("referer", "https://shop.example/")).await.expect(403);
    // A program has no page, and needs a token.
    world.fetch(&behind.master()).await.expect(403);
    world.fetch(&format!("{}?token={}", behind.master(), behind.token(&behind.claims()))).await.expect(200);
    // A token does not open it to another site.
    let stolen = ask("GET", &format!("{}?token={}", behind.master(), behind.token(&behind.claims())));
    world.call(stolen.header("origin", "https://other.example")).await.expect(403);
}

#[tokio::test]
async fn the_player_is_framed_by_allowed_sites_only() {
    let behind = Behind::new().await;
    let (world, caller) = (&behind.world, behind.caller());
    let policy = async || {
        let page = world.fetch(&format!("/embed/{}", behind.asset)).await.expect(200);
        let policy = page.header("content-security-policy").unwrap().to_owned();
        policy.split_once("frame-ancestors ").unwrap().1.to_owned()
    };
    assert_eq!(policy().await, "*");
    let site = allow_site(&world.app, &caller, "https://shop.example").await.unwrap();
    world.clock.forward(Duration::from_millis(1));
    allow_site(&world.app, &caller, "*.partner.example").await.unwrap();
    assert_eq!(policy().await, "'self' shop.example:* *.partner.example:*");
    forbid_site(&world.app, &caller, site.id).await.unwrap();
    assert_eq!(policy().await, "'self' *.partner.example:*");
    assert_eq!(forbid_site(&world.app, &caller, site.id).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(allowed_sites(&world.app, &caller).await.unwrap().len(), 1);
    let refused = allow_site(&world.app, &caller, "two words").await.unwrap_err();
    assert_eq!(refused.problem().field.as_deref(), Some("url"));
    // A page for what is not there is framed by all: it plays nothing.
    let page = world.fetch("/embed/nothing").await.expect(200);
    assert!(page.header("content-security-policy").unwrap().ends_with("frame-ancestors *"));
}
