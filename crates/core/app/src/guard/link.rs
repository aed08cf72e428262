//! Links that carry their own permission: the signature covers the decoded path that is served, what is asked of it, and
//! until when.

use crate::app::App;
use crate::signer::Signer;
use kinora_domain::{AssetId, Timestamp};

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

/// A signature and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedLink {
    /// Until when the link works.
    pub expires: Timestamp,
    /// The parameters to be added to the address: `expires` and `signature`.
    pub query: String,
}

/// The signature for a path, such as `/play/{asset}/video.mp4`, with its parameters. Both are as they are when decoded.
/// For whoever has the right to give it away: asks no permission.
pub fn sign_link(app: &App, path: &str, parameters: &[(String, String)], expires: Timestamp) -> SignedLink {
    let seconds = expires.millis().div_euclid(1_000);
    let signature = app.signer.sign(&text(path, parameters, seconds));
    SignedLink { expires, query: format!("{EXPIRES}={seconds}&{SIGNATURE}={signature}") }
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
