//! What a token opens, and what it does not.

use super::{Behind, NOON, id, signed};
use crate::world::ask;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::time::Duration;
use jsonwebtoken::{Algorithm, Header};
use kinora_app::guard::{Grant, mint_token, set_asset_policy, set_token_policy};
use kinora_domain::playback::{AssetPolicy, TokenPolicy};
use kinora_domain::{Kind, Timestamp};
use serde_json::{Value, json};

#[tokio::test]
async fn a_token_opens_everything_of_its_asset_and_nothing_else_does() {
    let behind = Behind::new().await;
    let token = behind.token(&behind.claims());
    for address in behind.addresses() {
        let refused = behind.world.fetch(&address).await.expect(401);
        assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"playback\""), "{address}");
        assert_eq!(refused.header("cache-control"), Some("no-store"));
        assert_eq!(refused.header("access-control-allow-origin"), Some("*"), "pages may read why");
        let let_in = behind.world.fetch(&format!("{address}?token={token}")).await.expect(200);
        let cache = let_in.header("cache-control").unwrap();
        assert!(cache.starts_with("private"), "{address}: {cache}");
        let shown = ask("GET", &address).header("authorization", &format!("Bearer {token}"));
        behind.world.call(shown).await.expect(200);
        behind.world.fetch(&format!("{address}?token={token}x")).await.expect(401);
        let tag = let_in.header("etag").unwrap();
        behind.world.call(ask("GET", &address).header("if-none-match", tag)).await.expect(401);
        behind.world.call(ask("HEAD", &address)).await.expect(401);
    }
    // What is not there is not there with a token as without, and a preflight carries none.
    behind.world.fetch(&format!("/play/{}/hls/master.m3u8?token={token}", behind.key.key.id)).await.expect(404);
    let preflight = ask("OPTIONS", &behind.master()).header("access-control-request-method", "GET");
    behind.world.call(preflight).await.expect(204);
}

#[tokio::test]
async fn documents_hand_the_token_on_where_it_came_in_the_address() {
    let behind = Behind::new().await;
    let token = behind.token(&behind.claims());
    for document in ["hls/master.m3u8", "hls/v0-1.m3u8", "dash/manifest.mpd"] {
        let path = format!("/play/{}/{document}", behind.asset);
        let carried = behind.world.fetch(&format!("{path}?token={token}&start=0&end=5")).await.expect(200);
        let named = carried.text().lines().filter(|line| line.contains(".m4s") || line.contains(".m3u8"));
        let mut count = 0;
        for line in named {
            assert!(line.contains(&format!("token={token}")), "{line}");
            count += 1;
        }
        assert!(count > 0, "{document}");
        // A player that shows it with every request needs nothing in the addresses.
        let shown = ask("GET", &path).header("authorization", &format!("Bearer {token}"));
        let plain = behind.world.call(shown).await.expect(200);
        assert!(!plain.text().contains("token"), "{document}");
    }
    let master = behind.world.fetch(&format!("{}?token={token}", behind.master())).await;
    let media = master.text().lines().find(|line| !line.starts_with('#')).unwrap();
    let media = behind.world.fetch(&format!("/play/{}/hls/{media}", behind.asset)).await.expect(200);
    let segment = media.text().lines().find(|line| line.contains("/0.m4s")).unwrap();
    behind.world.fetch(&format!("/play/{}/{}", behind.asset, segment.trim_start_matches("../"))).await.expect(200);
}

#[tokio::test]
async fn claims_say_what_a_token_is_good_for() {
    let behind = Behind::new().await;
    let other = behind.world.film().await.1;
    let organization = behind.world.keys.organization.to_string();
    let others = behind.world.keys.others.to_string();
    let with = |changes: Value| {
        let mut claims = behind.claims();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        claims
    };
    for (changes, status) in [
        (json!({}), 200),
        (json!({ "aud": ["website", "playback"] }), 200),
        (json!({ "nbf": NOON - 60 }), 200),
        (json!({ "nbf": NOON + 20 }), 200),
        (json!({ "exp": NOON - 20 }), 200),
        // As applications of the vendor make them.
        (json!({ "sub": null, "aud": null, "assetid": behind.asset, "tenantid": organization }), 200),
        (json!({ "aud": null }), 401),
        (json!({ "aud": "api" }), 401),
        (json!({ "aud": 7 }), 401),
        (json!({ "tenantid": others }), 401),
        (json!({ "aud": null, "tenantid": others }), 401),
        (json!({ "exp": null }), 401),
        (json!({ "exp": "never" }), 401),
        (json!({ "exp": NOON - 31 }), 401),
        (json!({ "exp": i64::MIN }), 401),
        (json!({ "nbf": NOON + 31 }), 401),
        (json!({ "nbf": "now" }), 401),
        (json!({ "sub": null }), 401),
        (json!({ "sub": "*" }), 401),
        (json!({ "sub": 7 }), 401),
        (json!({ "assetid": other }), 401),
        (json!({ "sub": other }), 403),
        (json!({ "ip": "everywhere" }), 401),
        (json!({ "ip": "192.0.2.0/24" }), 403),
        (json!({ "sid": "one" }), 403),
    ] {
        let token = behind.token(&with(changes.clone()));
        let answer = behind.world.fetch(&format!("{}?token={token}", behind.master())).await;
        assert_eq!(answer.status, status, "{changes}: {}", answer.text());
    }
}

#[tokio::test]
async fn nothing_but_the_key_says_how_a_token_is_signed() {
    let behind = Behind::new().await;
    let secret = &behind.key.secret;
    let header = |change: fn(&mut Header)| {
        let mut header = behind.header();
        change(&mut header);
        header
    };
    let plain = |header: Value, claims: &Value| {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(&header), part(claims))
    };
    let claims = behind.claims();
    let mut critical = behind.header();
    critical.crit = Some(vec!["exp".to_owned()]);
    for (token, why) in [
        (plain(json!({ "alg": "none" }), &claims), "unsigned"),
        (plain(json!({ "alg": "None", "typ": "JWT" }), &claims), "unsigned"),
        (signed(&header(|header| header.alg = Algorithm::HS384), &claims, secret), "another algorithm"),
        (signed(&behind.header(), &claims, b""), "an empty key"),
        (signed(&behind.header(), &claims, b"secret"), "another key"),
        (signed(&header(|header| header.kid = Some("../../etc/passwd".to_owned())), &claims, secret), "a path"),
        (signed(&header(|header| header.kid = Some("' OR 1=1 --".to_owned())), &claims, secret), "a query"),
        (signed(&header(|header| header.typ = Some("at+jwt".to_owned())), &claims, secret), "another type"),
        (signed(&critical, &claims, secret), "something critical"),
        (behind.token(&json!([1, 2])), "no claims"),
        ("x".repeat(60_000), "too long"),
        ("a.b.c".to_owned(), "no token"),
        ("....".to_owned(), "no token"),
        (behind.world.keys.admin.clone(), "an API key"),
    ] {
        let answer = behind.world.fetch(&format!("{}?token={token}", behind.master())).await;
        assert_eq!(answer.status, 401, "{why}: {}", answer.text());
    }
    for change in [
        (|header: &mut Header| header.kid = None) as fn(&mut Header),
        |header| header.typ = Some("playback+jwt".to_owned()),
        |header| header.typ = None,
        // Where a key is to be found, no token says: it is not even looked at.
        |header| header.jku = Some("https://keys.example/keys.json".to_owned()),
    ] {
        let token = signed(&header(change), &claims, secret);
        behind.world.fetch(&format!("{}?token={token}", behind.master())).await.expect(200);
    }
    // It opens nothing but what plays.
    let token = behind.token(&claims);
    let api = ask("GET", "/vod/v1/assets").header("authorization", &format!("Bearer {token}"));
    behind.world.call(api).await.expect(401);
}

#[tokio::test]
async fn a_token_may_be_bound_to_a_network_and_a_session() {
    let behind = Behind::new().await;
    let mut claims = behind.claims();
    claims["ip"] = "2001:db8:7::/48".into();
    let address = format!("{}?token={}", behind.master(), behind.token(&claims));
    behind.world.call(ask("GET", &address).from("2001:db8:7:1::9")).await.expect(200);
    behind.world.call(ask("GET", &address).from("2001:db8:8::9")).await.expect(403);
    behind.world.call(ask("GET", &address).from("192.0.2.9")).await.expect(403);
    // Whom nobody believes cannot say where he is.
    let forged = ask("GET", &address).from("192.0.2.9").header("x-forwarded-for", "2001:db8:7::1");
    behind.world.call(forged).await.expect(403);

    let mut claims = behind.claims();
    claims["sid"] = "living room & more".into();
    let address = format!("{}?token={}", behind.master(), behind.token(&claims));
    behind.world.fetch(&address).await.expect(403);
    let header = ask("GET", &address).header("x-playback-session-id", "living room & more");
    behind.world.call(header).await.expect(200);
    let named = behind.world.fetch(&format!("{address}&session=living+room+%26+more")).await.expect(200);
    assert!(named.text().contains("&session=living%20room%20%26%20more"), "{}", named.text());
    behind.world.fetch(&format!("{address}&session=kitchen")).await.expect(403);
}

#[tokio::test]
async fn an_asset_asks_what_it_says_or_else_what_its_organization_asks() {
    let behind = Behind::new().await;
    let (app, caller, asset) = (&behind.world.app, behind.caller(), id(&behind.asset));
    let open = behind.world.film().await.1;
    let other = format!("/play/{open}/hls/master.m3u8");
    for (organization, policy, expected) in [
        (TokenPolicy::Required, AssetPolicy::Inherit, [401, 401]),
        (TokenPolicy::Required, AssetPolicy::Open, [200, 401]),
        (TokenPolicy::Open, AssetPolicy::Inherit, [200, 200]),
        (TokenPolicy::Open, AssetPolicy::Required, [401, 200]),
    ] {
        set_token_policy(app, &caller, organization).await.unwrap();
        set_asset_policy(app, &caller, asset, policy).await.unwrap();
        let own = behind.world.fetch(&behind.master()).await.status;
        assert_eq!([own, behind.world.fetch(&other).await.status], expected, "{organization:?} {policy:?}");
    }
    // Where nothing is asked, a bad token does no harm, and shared caches may keep what is there.
    let segment = format!("/play/{open}/v0-1/0.m4s?token=bad");
    let segment = behind.world.fetch(&segment).await.expect(200);
    assert!(segment.header("cache-control").unwrap().starts_with("public"));
}

#[tokio::test]
async fn tokens_of_this_server_open_what_they_say() {
    let behind = Behind::new().await;
    let expires = Timestamp::from_millis((NOON + 600) * 1_000);
    let grant = Grant { asset: id(&behind.asset), expires, network: None, session: None };
    let others = super::operator_of(behind.world.keys.others);
    let refused = mint_token(&behind.world.app, &others, &grant).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotFound, "an asset of others");
    let token = mint_token(&behind.world.app, &behind.caller(), &grant).await.unwrap();
    let address = format!("{}?token={token}", behind.master());
    behind.world.fetch(&address).await.expect(200);
    behind.world.clock.forward(Duration::from_secs(629));
    behind.world.fetch(&address).await.expect(200);
    behind.world.clock.forward(Duration::from_secs(1));
    let over = behind.world.fetch(&address).await.expect(401);
    assert!(over.text().contains("expired"), "{}", over.text());
}
