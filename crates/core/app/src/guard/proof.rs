//! What a viewer shows for himself.

use super::facts::Guard;
use super::link::{self, Address};
use super::{token, web_token};
use crate::signer::Signer;
use core::net::IpAddr;
use kinora_domain::{Kind, Problem, Timestamp};

/// What a viewer showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    /// A token.
    Token,
    /// A signed link, which works until then.
    Link(Timestamp),
}

/// Why a viewer proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unproven {
    /// There is neither a token nor a link.
    Nothing,
    /// What was shown counts for nothing, or is for something else.
    Refused(Problem),
}

impl From<Unproven> for Problem {
    fn from(unproven: Unproven) -> Self {
        match unproven {
            Unproven::Nothing => token_required(),
            Unproven::Refused(problem) => problem,
        }
    }
}

impl From<Problem> for Unproven {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

/// Where a request came from, as far as that is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    pub(super) address: Option<IpAddr>,
    pub(super) session: Option<&'a str>,
}

/// What a token or a link proves at this moment.
///
/// # Errors
/// [`Unproven::Nothing`]: there is neither. Of what was shown, `Unauthenticated`: it counts for nothing; `Gone`: the link has
/// expired; `Forbidden`: it is for another asset, address or session.
pub(super) fn proof(
    guard: &Guard,
    signer: &Signer,
    (token, address): (Option<&str>, Address<'_>),
    origin: Origin<'_>,
    now: Timestamp,
) -> Result<Proof, Unproven> {
    let Some(token) = token else {
        let until = link::opens(signer, address).ok_or(Unproven::Nothing)?;
        if until <= now {
            return Err(Problem::new(Kind::Gone, "link_expired", "This link has expired; ask for a new one.").into());
        }
        return Ok(Proof::Link(until));
    };
    let grant = match web_token::read(token, signer, now) {
        Some(grant) => grant?,
        None => token::read(token, &guard.keys, guard.organization, now)?,
    };
    let refuse = |reason, message: &str| Err(Problem::new(Kind::Forbidden, reason, message).into());
    if grant.asset != address.asset {
        return refuse("token_of_another_asset", "This playback token is for another asset.");
    }
    let is_there =
        |network: kinora_domain::playback::Network| origin.address.is_some_and(|address| network.contains(address));
    if !grant.network.is_none_or(is_there) {
        return refuse("token_of_another_address", "This playback token is for another network.");
    }
    if grant.session.as_deref().is_some_and(|session| origin.session != Some(session)) {
        return refuse("token_of_another_session", "This playback token is for another session.");
    }
    Ok(Proof::Token)
}

/// Nothing was shown where something is needed.
pub(crate) fn token_required() -> Problem {
    let message = "A playback token is needed: as `?token=`, or as `Authorization: Bearer`.";
    Problem::new(Kind::Unauthenticated, "token_required", message)
}
