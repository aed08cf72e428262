//! Upload links in the form of shared access signatures.

use crate::http::query::Query;
use crate::http::state::Edge;
use form_urlencoded::Serializer;
use kinora_app::video::UploadLink;
use kinora_domain::{Kind, Problem, Timestamp};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// The version whose form of signatures this is.
const VERSION: &str = "2020-10-02";
/// What the signature is for: the container.
const RESOURCE: &str = "c";
/// The name of the policy that says what may be done with it.
const POLICY: &str = "upload";

/// The absolute URL of a link; the blob is called by that name.
pub(in crate::azure) fn url(edge: &Edge, link: &UploadLink, name: &str) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("sv", VERSION);
    query.append_pair("sr", RESOURCE);
    query.append_pair("si", POLICY);
    query.append_pair("sig", &link.signature);
    query.append_pair("st", &show(link.starts));
    query.append_pair("se", &show(link.expires));
    let name: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "-.".contains(letter) { letter } else { '_' })
        .collect();
    edge.link(&format!("/blobs/{}/{name}?{}", link.video, query.finish()))
}

/// Anything malformed reads as a link that we did not make.
pub(super) fn read(container: &str, query: &Query) -> Result<UploadLink, Problem> {
    let read = || {
        let is_ours =
            query.one("sv") == Some(VERSION) && query.one("sr") == Some(RESOURCE) && query.one("si") == Some(POLICY);
        is_ours.then_some(())?;
        Some(UploadLink {
            video: container.parse().ok()?,
            starts: moment(query.one("st")?)?,
            expires: moment(query.one("se")?)?,
            signature: query.one("sig")?.to_owned(),
        })
    };
    let message = "This upload link was not made by this server.";
    read().ok_or_else(|| Problem::new(Kind::Forbidden, "invalid_signature", message))
}

fn show(moment: Timestamp) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    let moment = OffsetDateTime::from_unix_timestamp(moment.millis().div_euclid(1_000)).ok();
    moment.and_then(|moment| moment.format(format).ok()).unwrap_or_default()
}

fn moment(text: &str) -> Option<Timestamp> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Some(Timestamp::from_millis(moment.unix_timestamp().checked_mul(1_000)?))
}
