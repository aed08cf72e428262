//! Simple web tokens (SWT 0.9.5.1): claims of a form, the last of which is an HMAC over all before it. Signed here, for viewers of
//! what is encrypted; they open one asset for a time.
//!
//! | claim | says |
//! |---|---|
//! | `urn:microsoft:azure:mediaservices:contentkeyidentifier` | the key that was asked for |
//! | `urn:microsoft:azure:mediaservices:keyacquisitionhostname` | where it is given out |
//! | `urn:kinora:asset` | the asset that is opened |
//! | `Issuer`, `Audience` | this server, `urn:Nimbus` |
//! | `ExpiresOn` | until when, in seconds since 1970 |
//! | `HMACSHA256` | the signature, in Base64 |

use super::token::Grant;
use crate::signer::Signer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::{Serializer, parse};
use kinora_domain::{AssetId, ContentKeyId, Kind, Problem, Timestamp};
use std::borrow::Cow;

const KEY: &str = "urn:microsoft:azure:mediaservices:contentkeyidentifier";
const HOST: &str = "urn:microsoft:azure:mediaservices:keyacquisitionhostname";
const ASSET: &str = "urn:kinora:asset";
const AUDIENCE: &str = "urn:Nimbus";
const SIGNATURE: &str = "HMACSHA256=";
/// What the signing key is derived for.
const PURPOSE: &str = "simple web tokens";
/// Characters of a token at most.
const LENGTH: usize = 4_096;

/// A token that opens an asset by the id of one of its keys. `issuer` is the address of this server.
pub(crate) fn sign(signer: &Signer, (asset, key): (AssetId, ContentKeyId), issuer: &str, expires: Timestamp) -> String {
    let host = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    let mut claims = Serializer::new(String::new());
    claims.append_pair(KEY, &key.to_string());
    claims.append_pair(HOST, host);
    claims.append_pair(ASSET, &asset.to_string());
    claims.append_pair("Audience", AUDIENCE);
    claims.append_pair("ExpiresOn", &expires.millis().div_euclid(1_000).to_string());
    claims.append_pair("Issuer", issuer);
    let text = claims.finish();
    let mac = STANDARD.encode(signer.derived_mac(PURPOSE, text.as_bytes()));
    let mut token = Serializer::for_suffix(text.clone() + "&", text.len() + 1);
    token.append_pair(SIGNATURE.trim_end_matches('='), &mac);
    token.finish()
}

/// The grant of a token of this server whose time is not over; `None` for what is no such token at all. It may come as it is,
/// escaped once more as one word, or behind `Bearer=`.
pub(super) fn read(token: &str, signer: &Signer, now: Timestamp) -> Option<Result<Grant, Problem>> {
    if token.len() > LENGTH {
        return None;
    }
    let token = unwrapped(token);
    let (text, signature) = token.rsplit_once('&')?;
    let signature = signature.strip_prefix(SIGNATURE)?;
    Some(grant(text, signature, signer, now))
}

/// What is read of a simple web token by a server with this secret, without a store; `None` for what is no such token.
///
/// # Errors
/// `Unauthenticated`: the server did not sign it, or its time is over.
pub fn grant_by_web_token(token: &str, secret: &[u8], now: Timestamp) -> Result<Option<Grant>, Problem> {
    read(token, &Signer::with(secret)?, now).transpose()
}

fn unwrapped(token: &str) -> Cow<'_, str> {
    let is_scheme = |head: &str| head.eq_ignore_ascii_case("bearer");
    let bare = token.split_once(['=', ' ']).filter(|(head, _)| is_scheme(head)).map_or(token, |(_, rest)| rest);
    if bare.contains('&') {
        return Cow::Borrowed(bare);
    }
    let word = format!("t={bare}");
    Cow::Owned(parse(word.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default())
}

fn grant(text: &str, signature: &str, signer: &Signer, now: Timestamp) -> Result<Grant, Problem> {
    let invalid = || Problem::new(Kind::Unauthenticated, "invalid_token", "This playback token opens nothing here.");
    let word = format!("s={signature}");
    let signature = parse(word.as_bytes()).next().and_then(|(_, value)| STANDARD.decode(value.as_bytes()).ok());
    if !signature.is_some_and(|signature| signer.is_derived_mac(PURPOSE, text.as_bytes(), &signature)) {
        return Err(invalid());
    }
    // All of it is ours from here on.
    let claims: Vec<_> = parse(text.as_bytes()).collect();
    let one = |name: &str| claims.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_ref());
    let asset = one(ASSET).and_then(|asset| asset.parse().ok()).ok_or_else(invalid)?;
    let expires: i64 = one("ExpiresOn").and_then(|seconds| seconds.parse().ok()).ok_or_else(invalid)?;
    let expires = Timestamp::from_millis(expires.saturating_mul(1_000));
    if expires <= now {
        return Err(Problem::new(Kind::Unauthenticated, "token_expired", "This playback token has expired."));
    }
    Ok(Grant { asset, expires, network: None, session: None })
}
