//! The keys of an organization, as its admins manage them through an API.
//!
//! A key never gives another or itself more than it has, and an organization never loses its last admin key this
//! way. Both are checked in the transaction that writes, where the caller is looked at once more: its own key may
//! have been taken away a moment ago.

mod add;
mod change;
mod list;
mod remove;
mod see;

pub use add::add_key;
pub use change::change_key;
pub use list::keys_of_organization;
pub use remove::remove_key;
pub use see::see_key;

use super::authenticate::refused;
use crate::error::Error;
use crate::port::Tx;
use kinora_domain::access::{ApiKey, Caller, Permission, Role};
use kinora_domain::{KeyId, Kind, Problem, Timestamp};

/// A key as one of its organizations sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationKey {
    /// Its id.
    pub id: KeyId,
    /// What people call it.
    pub name: String,
    /// What it is in the organization.
    pub role: Role,
    /// When it was made.
    pub created: Timestamp,
}

impl OrganizationKey {
    /// The key as the caller's organization sees it: not at all when it does not act for it any more.
    fn seen(key: &ApiKey, caller: &Caller) -> Option<Self> {
        let role = key.role_in(caller.organization)?;
        Some(Self { id: key.id, name: key.name.clone(), role, created: key.created })
    }
}

fn no_such_key() -> Problem {
    Problem::not_found("API key")
}

/// The caller as its key is now, who may manage keys.
async fn standing(tx: &mut dyn Tx, caller: &Caller) -> Result<Caller, Error> {
    let key = tx.key(caller.key).await?;
    let role = key.and_then(|key| key.role_in(caller.organization)).ok_or_else(refused)?;
    let caller = Caller { role, ..*caller };
    caller.require(Permission::ManageKeys)?;
    Ok(caller)
}

/// A key of the caller's organization that the caller may change, and its role.
async fn load(tx: &mut dyn Tx, caller: &Caller, id: KeyId) -> Result<(ApiKey, Role), Error> {
    let key = tx.key(id).await?.ok_or_else(no_such_key)?;
    let role = key.role_in(caller.organization).ok_or_else(no_such_key)?;
    caller.require_cover(role)?;
    Ok((key, role))
}

/// Passes unless that key is the last admin of the caller's organization.
async fn check_not_last_admin(tx: &mut dyn Tx, caller: &Caller, id: KeyId) -> Result<(), Error> {
    if tx.other_admins(caller.organization, id).await? > 0 {
        return Ok(());
    }
    let message = "This is the last admin key of its organization: make another one first.";
    Err(Problem::new(Kind::Conflict, "last_admin_key", message).into())
}
