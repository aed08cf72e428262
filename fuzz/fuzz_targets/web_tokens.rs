//! Any bytes as a simple web token, and any bytes as the claims of one that is signed: refuse them, or grant what they say.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::parse;
use kinora_app::guard::grant_by_web_token;
use kinora_fuzz::{NOW, SECRET, mac, now};
use libfuzzer_sys::fuzz_target;

// A byte that chooses, then a token, or its claims.
fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let is_signed = choice % 2 == 1;
    let text = String::from_utf8_lossy(rest);
    let token = match choice % 8 {
        1 | 3 => signed(&text),
        5 => format!("Bearer={}", signed(&text)),
        7 => escaped(&signed(&text)),
        _ => text.clone().into_owned(),
    };
    let granted = grant_by_web_token(&token, SECRET, now());
    if let Ok(Some(grant)) = granted {
        assert!(is_signed, "nobody signed {token}");
        assert!(grant.expires.millis() > NOW * 1_000);
        assert!((grant.network, grant.session) == (None, None));
        let claims: Vec<_> = parse(text.as_bytes()).collect();
        let first = |name: &str| claims.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_ref());
        assert!(first("urn:kinora:asset").unwrap().parse() == Ok(grant.asset));
        assert!(first("ExpiresOn").unwrap().parse() == Ok(grant.expires.millis() / 1_000));
    }
});

fn signed(claims: &str) -> String {
    let mac = mac(&mac(SECRET, b"key\nsimple web tokens"), claims.as_bytes());
    format!("{claims}&HMACSHA256={}", escaped(&STANDARD.encode(mac)))
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
