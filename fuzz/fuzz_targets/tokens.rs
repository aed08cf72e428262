//! Any bytes as a playback token, and any bytes as the claims of one that is signed: refuse them, or grant what they say.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kinora_app::guard::grant_by_secret;
use kinora_domain::OrganizationId;
use kinora_fuzz::{NOW, SECRET, mac, now};
use libfuzzer_sys::fuzz_target;

// A byte that chooses, then a token, or its claims.
fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let is_signed = choice % 2 == 1;
    let token = if is_signed { signed(rest) } else { String::from_utf8_lossy(rest).into_owned() };
    let organization = OrganizationId::new(uuid::Uuid::from_u128(1));
    let granted = grant_by_secret(&token, SECRET, organization, now());
    if let Ok(grant) = granted {
        assert!(is_signed, "nobody signed {token}");
        let claims: serde_json::Value = serde_json::from_slice(rest).unwrap();
        assert!(claims["exp"].as_i64().unwrap() + 30 > NOW);
        assert!(claims["nbf"].as_i64().is_none_or(|from| from - 30 <= NOW));
        let named = [&claims["sub"], &claims["assetid"]].into_iter().flat_map(|name| name.as_str());
        assert!(named.into_iter().all(|name| name.parse() == Ok(grant.asset)));
        assert!(claims["aud"] != "api");
    }
});

fn signed(claims: &[u8]) -> String {
    let head = URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let text = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims));
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac(SECRET, text.as_bytes())))
}
