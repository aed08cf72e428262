//! Links that carry their own permission: the signature covers the decoded path that is served, what is asked of it, and
//! until when.

use super::escape::{in_path, in_query};
use crate::app::App;
use crate::error::Error;
use crate::signer::Signer;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::{AssetId, Problem, Timestamp};

/// The parameters that say until when, and prove it.
const EXPIRES: &str = "expires";
const SIGNATURE: &str = "signature";
/// Proves that a signed document was fetched, and opens what it names.
const PASS: &str = "pass";

/// What is asked for, decoded once: the path, and the parameters in any order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Address<'a> {
    pub(super) asset: AssetId,
    pub(super) path: &'a str,
    pub(super) parameters: &'a [(String, String)],
}

/// What a link shall open, decoded.
#[derive(Debug, Clone, Copy)]
pub struct Opened<'a> {
    /// The asset.
    pub asset: AssetId,
    /// What of it, below `/play/{asset}/`: `hls/master.m3u8`, `video.mp4`.
    pub path: &'a str,
    /// What is asked of that.
    pub parameters: &'a [(String, String)],
}

/// An address that opens what it names, for whoever has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedLink {
    /// Path and parameters, `expires` and `signature` among them, after this server's origin.
    pub address: String,
    /// Those two parameters alone.
    pub proof: String,
}

/// A link that opens one thing of an asset until a moment; a document opens what it names as well.
///
/// # Errors
/// There is no such asset for this caller; `Invalid`: the path names nothing.
pub async fn sign_link(
    app: &App,
    caller: &Caller,
    opened: Opened<'_>,
    expires: Timestamp,
) -> Result<SignedLink, Error> {
    caller.require(Permission::ReadMedia)?;
    let Opened { asset, path, parameters } = opened;
    if path.split('/').any(|segment| ["", ".", ".."].contains(&segment)) {
        let message = "The value must be a path below that of the asset, such as `hls/master.m3u8` or `video.mp4`.";
        return Err(Problem::invalid("path", message).into());
    }
    let found = app.store.read().await?.asset(caller.organization, asset).await?;
    found.ok_or_else(|| Problem::not_found("asset"))?;
    let path = format!("/play/{asset}/{path}");
    let seconds = expires.millis().div_euclid(1_000);
    let proof = format!("{EXPIRES}={seconds}&{SIGNATURE}={}", app.signer.sign(&text(&path, parameters, seconds)));
    let asked = parameters.iter().filter(|(name, _)| !is_proof(name)).fold(String::new(), |mut all, (name, value)| {
        all.extend([&in_query(name), "=", &in_query(value), "&"]);
        all
    });
    Ok(SignedLink { address: format!("{}?{asked}{proof}", in_path(&path)), proof })
}

/// Parameters that prove something, and ask for nothing.
fn is_proof(name: &str) -> bool {
    [EXPIRES, SIGNATURE, PASS].iter().any(|proof| name.eq_ignore_ascii_case(proof))
}

/// What is signed. Order and repetition of parameters stay visible in it, however they were written.
fn text(path: &str, parameters: &[(String, String)], expires: i64) -> String {
    let mut asked: Vec<_> = parameters.iter().filter(|(name, _)| !is_proof(name)).collect();
    // Stable: of two of one name the last one counts, and stays the last.
    asked.sort_by(|one, other| one.0.cmp(&other.0));
    let asked = asked.into_iter().fold(String::new(), |mut all, (name, value)| {
        all.extend(["\n", &escape(name), "=", &escape(value)]);
        all
    });
    format!("play\n{}\n{expires}{asked}", escape(path))
}

/// One line for each part of what is signed.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('=', "\\e")
}

fn text_of_pass(asset: AssetId, expires: i64) -> String {
    format!("play pass\n{asset}\n{expires}")
}

/// Until when an address works by itself, where it carries a signature or a pass of this server.
pub(super) fn opens(signer: &Signer, address: Address<'_>) -> Option<Timestamp> {
    let one = |name: &str| {
        let mut found = address.parameters.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        // Two of them are nobody's.
        found.next().filter(|_one| found.next().is_none()).map(|(_, value)| value.as_str())
    };
    let expires: i64 = one(EXPIRES)?.parse().ok()?;
    let is_signed = match (one(SIGNATURE), one(PASS)) {
        (Some(signature), None) => signer.signed(&text(address.path, address.parameters, expires), signature),
        (None, Some(pass)) => signer.signed(&text_of_pass(address.asset, expires), pass),
        (Some(_), Some(_)) | (None, None) => false,
    };
    is_signed.then(|| Timestamp::from_millis(expires.saturating_mul(1_000)))
}

/// What the addresses in a document of a signed link carry.
pub(super) fn pass(signer: &Signer, asset: AssetId, expires: Timestamp) -> String {
    let seconds = expires.millis().div_euclid(1_000);
    format!("{EXPIRES}={seconds}&{PASS}={}", signer.sign(&text_of_pass(asset, seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_order_of_parameters_says_nothing_and_all_else_does() {
        let same = text("/play/a/video.mp4", &pairs(&[("start", "1"), ("end", "2"), ("signature", "x")]), 7);
        assert_eq!(text("/play/a/video.mp4", &pairs(&[("expires", "7"), ("end", "2"), ("start", "1")]), 7), same);
        for (path, parameters, expires) in [
            ("/play/a/audio.m4a", pairs(&[("start", "1"), ("end", "2")]), 7),
            ("/play/a/video.mp4", pairs(&[("start", "1"), ("end", "2")]), 8),
            ("/play/a/video.mp4", pairs(&[("start", "1")]), 7),
            ("/play/a/video.mp4", pairs(&[("start", "1"), ("end", "2"), ("height", "3")]), 7),
            ("/play/a/video.mp4", pairs(&[("start", "1\nend=2")]), 7),
            ("/play/a/video.mp4", pairs(&[("end", "2"), ("start", "1"), ("start", "1")]), 7),
            ("/play/a/video.mp4\n7", pairs(&[("start", "1"), ("end", "2")]), 7),
        ] {
            assert_ne!(text(path, &parameters, expires), same, "{path} {parameters:?} {expires}");
        }
    }
}
