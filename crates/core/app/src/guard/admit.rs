//! The door in front of everything that an asset plays.

use super::escape::in_query;
use super::facts::guard;
use super::link::{self, Address};
use super::proof::{Origin, Proof, Unproven, proof};
use crate::app::App;
use crate::error::Error;
use core::net::IpAddr;
use kinora_domain::playback::{Site, TokenPolicy};
use kinora_domain::{AssetId, Kind, Problem};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A manifest, a segment, a file, a picture.
    Media,
    /// A key: those are given to nobody without proof, whatever the policy.
    Key,
}

/// Who asks, as the request tells. Path and parameters are decoded, exactly once.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// The path that is served.
    pub path: &'a str,
    /// All parameters, in their order.
    pub parameters: &'a [(String, String)],
    /// The playback token.
    pub token: Option<&'a str>,
    /// The session that the request names.
    pub session: Option<&'a str>,
    /// Where the connection comes from.
    pub address: Option<IpAddr>,
    /// The page that asks: `Origin`, or else `Referer`.
    pub page: Option<&'a str>,
    /// The origin of this server, whose own pages may always ask.
    pub own_origin: &'a str,
}

/// What was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// Why who asks counts as nobody, where nothing was asked at the door and nothing that counts was shown.
    unproven: Option<Unproven>,
    /// Whether the answer is for this viewer alone, and for no shared cache.
    pub private: bool,
    /// What the addresses in a document must carry, as parameters without a question mark; empty for nothing.
    pub carried: String,
}

impl Pass {
    /// Passes who showed a proof: what shows all of an encrypted film is for whom its keys are for, whatever the policy.
    ///
    /// # Errors
    /// As of [`admit`] where a proof is needed.
    pub fn proves(&self) -> Result<(), Problem> {
        self.unproven.clone().map_or(Ok(()), |unproven| Err(unproven.into()))
    }
}

/// Lets a viewer in, or not.
///
/// # Errors
/// `NotFound`: no such asset. `Unauthenticated`: proof is needed, and what was shown counts for nothing. `Gone`: the link
/// has expired. `Forbidden`: the proof is for something else, or the page is of no allowed site.
pub async fn admit(app: &App, id: AssetId, viewer: &Viewer<'_>, asked: Asked) -> Result<Pass, Error> {
    let guard = guard(app, id).await?;
    let address = Address { asset: id, path: viewer.path, parameters: viewer.parameters };
    let origin = Origin { address: viewer.address, session: viewer.session };
    let shown = proof(&guard, &app.signer, (viewer.token, address), origin, app.clock.now());
    let needed = guard.policy == TokenPolicy::Required || asked == Asked::Key;
    let is_from = |page: &str| {
        let own = Site::named(viewer.own_origin);
        own.iter().chain(&guard.sites).any(|site| site.covers(page))
    };
    // Who sends no page, as programs do, has a proof instead.
    let is_allowed = guard.sites.is_empty() || viewer.page.map_or(shown.is_ok(), is_from);
    if !is_allowed {
        let message = "Pages of this site may not show this video.";
        return Err(Problem::new(Kind::Forbidden, "site_not_allowed", message).into());
    }
    let private = needed || !guard.sites.is_empty();
    let (shown, unproven) = match shown {
        Ok(shown) => (Some(shown), None),
        Err(unproven) if needed => return Err(Problem::from(unproven).into()),
        Err(unproven) => (None, Some(unproven)),
    };
    // Where nothing is asked, what was shown may still be needed for keys.
    let carried = match (shown, viewer.token) {
        (Some(Proof::Link(until)), _) => link::pass(&app.signer, id, until),
        (_, Some(token)) if has(viewer.parameters, "token") => carry(token, viewer),
        (Some(Proof::Token) | None, _) => String::new(),
    };
    Ok(Pass { unproven, private, carried })
}

fn has(parameters: &[(String, String)], name: &str) -> bool {
    parameters.iter().any(|(key, _)| key.eq_ignore_ascii_case(name))
}

/// The token, and the session where it came the same way. What came in headers, players send with every request.
fn carry(token: &str, viewer: &Viewer<'_>) -> String {
    let session = viewer.session.filter(|_session| has(viewer.parameters, "session"));
    let session = session.map(|session| format!("&session={}", in_query(session))).unwrap_or_default();
    format!("token={}{session}", in_query(token))
}
