//! Playback tokens: JSON Web Tokens (RFC 7519) that open one asset for a time.
//!
//! | claim | says |
//! |---|---|
//! | `sub` or `assetid` | the asset |
//! | `aud`, or `tenantid` | `playback`; or the organization |
//! | `exp` | until when, in seconds since 1970; needed |
//! | `nbf` | from when |
//! | `ip` | a block of addresses that the viewer's must lie in |
//! | `sid` | a session that the request must name as well |
//!
//! The key says how a token is signed, never the token itself (RFC 8725 clause 3.1).

use super::facts::{CheckingKey, purpose};
use crate::app::App;
use crate::error::Error;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use kinora_domain::access::{Caller, Permission};
use kinora_domain::playback::{KeyLife, Network, PlaybackKey, TokenKey};
use kinora_domain::{AssetId, Kind, OrganizationId, PlaybackKeyId, Problem, Timestamp};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Who tokens are for.
const AUDIENCE: &str = "playback";
/// What a token says that it is (RFC 8725 clause 3.11); `JWT`, and nothing, are taken as well.
const TYPE: &str = "playback+jwt";
/// Clocks may differ by so many seconds.
const LEEWAY_SECONDS: i64 = 30;
/// Characters of a token at most.
const LENGTH: usize = 4_096;

/// What a token grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The asset.
    pub asset: AssetId,
    /// Until when.
    pub expires: Timestamp,
    /// Where the viewer must be.
    pub network: Option<Network>,
    /// The session that the viewer must name.
    pub session: Option<String>,
}

/// The grant of a token that one of the keys signed and whose time is now.
///
/// # Errors
/// `Unauthenticated`, with one answer for all that was not signed so.
pub(super) fn read(
    token: &str,
    keys: &[CheckingKey],
    organization: OrganizationId,
    now: Timestamp,
) -> Result<Grant, Problem> {
    if token.len() > LENGTH {
        return Err(invalid());
    }
    let header = decode_header(token).map_err(|_malformed| invalid())?;
    let is_type = |typ: &String| [TYPE, "JWT"].iter().any(|known| typ.eq_ignore_ascii_case(known));
    // What it calls critical, nobody here knows (RFC 7515 clause 4.1.11).
    if !header.typ.as_ref().is_none_or(is_type) || header.crit.is_some() {
        return Err(invalid());
    }
    let named = |key: &&CheckingKey| header.kid.as_ref().is_none_or(|kid| *kid == key.id.to_string());
    let current = keys.iter().filter(|key| key.record.counts_at(now));
    let mut fitting = current.filter(named).filter(|key| key.algorithm == header.alg);
    let claims = fitting.find_map(|key| signed(token, key)).ok_or_else(invalid)?;
    grant(&claims, organization, now)
}

/// The claims, where the key signed them. Their meaning is looked at by [`grant`], on this server's own clock.
fn signed(token: &str, key: &CheckingKey) -> Option<Map<String, Value>> {
    let mut validation = Validation::new(key.algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    decode::<Map<String, Value>>(token, &key.key, &validation).ok().map(|token| token.claims)
}

fn grant(claims: &Map<String, Value>, organization: OrganizationId, now: Timestamp) -> Result<Grant, Problem> {
    let text = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(invalid()),
    };
    let moment = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or_else(invalid),
    };
    let is_ours = match claims.get("aud") {
        Some(Value::String(audience)) => audience == AUDIENCE,
        Some(Value::Array(audiences)) => audiences.iter().any(|audience| audience == AUDIENCE),
        Some(_) => false,
        None => text("tenantid")?.is_some(),
    };
    let tenant = text("tenantid")?.map(str::parse::<OrganizationId>);
    if !is_ours || tenant.is_some_and(|tenant| tenant != Ok(organization)) {
        return Err(invalid());
    }
    let mut assets = [text("sub")?, text("assetid")?].into_iter().flatten().map(str::parse::<AssetId>);
    let Some(Ok(asset)) = assets.next() else { return Err(invalid()) };
    if assets.any(|other| other != Ok(asset)) {
        return Err(invalid());
    }
    let now = now.millis().div_euclid(1_000);
    let expires = moment("exp")?.ok_or_else(invalid)?;
    if expires.saturating_add(LEEWAY_SECONDS) <= now {
        let message = "This playback token has expired.";
        return Err(Problem::new(Kind::Unauthenticated, "token_expired", message));
    }
    if moment("nbf")?.is_some_and(|from| from.saturating_sub(LEEWAY_SECONDS) > now) {
        let message = "The time of this playback token has not come.";
        return Err(Problem::new(Kind::Unauthenticated, "token_not_yet_valid", message));
    }
    let network = text("ip")?.map(|network| network.parse().map_err(|_malformed| invalid())).transpose()?;
    let expires = Timestamp::from_millis(expires.saturating_mul(1_000));
    Ok(Grant { asset, expires, network, session: text("sid")?.map(str::to_owned) })
}

fn invalid() -> Problem {
    Problem::new(Kind::Unauthenticated, "invalid_token", "This playback token opens nothing here.")
}

/// The grant of a token of an organization that has one secret key and nothing else: what is read of a token before anything
/// is known of it, without a store.
///
/// # Errors
/// `Unauthenticated`: the secret did not sign it, or it grants nothing now.
pub fn grant_by_secret(
    token: &str,
    secret: &[u8],
    organization: OrganizationId,
    now: Timestamp,
) -> Result<Grant, Problem> {
    let record = PlaybackKey {
        id: PlaybackKeyId::new(Uuid::nil()),
        organization,
        key: TokenKey::Sealed(Vec::new()),
        life: KeyLife::Active,
        created: now,
    };
    let key = DecodingKey::from_secret(secret);
    read(token, &[CheckingKey { id: record.id, algorithm: Algorithm::HS256, key, record }], organization, now)
}

/// A token of the newest secret key of the caller's organization.
///
/// # Errors
/// There is no such asset for this caller; `Conflict`: the organization has no active secret key.
pub async fn mint_token(app: &App, caller: &Caller, grant: &Grant) -> Result<String, Error> {
    caller.require(Permission::ReadMedia)?;
    let mut tx = app.store.read().await?;
    let asset = tx.asset(caller.organization, grant.asset).await?.ok_or_else(|| Problem::not_found("asset"))?;
    let keys = tx.playback_keys(asset.organization).await?;
    let mut newest = keys.iter().rev().filter(|key| key.life == KeyLife::Active);
    let found = newest.find_map(|key| match &key.key {
        TokenKey::Sealed(sealed) => Some((key.id, sealed)),
        TokenKey::Public { .. } => None,
    });
    let (id, sealed) = found.ok_or_else(|| {
        let message = "There is no secret key that tokens could be signed with: make one first.";
        Problem::new(Kind::Conflict, "no_playback_key", message)
    })?;
    let secret = app.vault.unseal(&purpose(id), sealed)?;
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(id.to_string());
    let mut claims = Map::new();
    claims.insert("aud".to_owned(), AUDIENCE.into());
    claims.insert("sub".to_owned(), grant.asset.to_string().into());
    claims.insert("exp".to_owned(), grant.expires.millis().div_euclid(1_000).into());
    claims.extend(grant.network.map(|network| ("ip".to_owned(), network.to_string().into())));
    claims.extend(grant.session.clone().map(|session| ("sid".to_owned(), session.into())));
    encode(&header, &claims, &EncodingKey::from_secret(&secret)).map_err(Error::internal)
}
