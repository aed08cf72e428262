//! Another name or role for a key.

use super::{OrganizationKey, check_not_last_admin, load, no_such_key, standing};
use crate::app::App;
use crate::error::Error;
use kinora_domain::access::{Caller, Permission, Role, key_name};
use kinora_domain::{KeyId, Kind, Problem};

/// Gives a key of the caller's organization a name and a role there. Its requests are of that role from the next
/// one on.
///
/// # Errors
/// `Invalid` name; `Forbidden`: the caller may not manage keys, or one of both roles is more than its own;
/// `NotFound`; `Conflict`: the last admin key would be one no more, or the key acts for others too and is not
/// this organization's to name.
pub async fn change_key(
    app: &App,
    caller: &Caller,
    id: KeyId,
    (name, role): (&str, Role),
) -> Result<OrganizationKey, Error> {
    caller.require(Permission::ManageKeys)?;
    let name = key_name(name)?;
    let mut tx = app.store.begin().await?;
    let caller = standing(&mut *tx, caller).await?;
    let (mut key, before) = load(&mut *tx, &caller, id).await?;
    caller.require_cover(role)?;
    if before == Role::Admin && role != Role::Admin {
        check_not_last_admin(&mut *tx, &caller, id).await?;
    }
    if key.name != name && key.is_shared(caller.organization) {
        let message = "This key acts for other organizations as well, so its name cannot be changed here.";
        let problem = Problem::new(Kind::Conflict, "key_shared", message);
        return Err(Problem { field: Some("name".to_owned()), ..problem }.into());
    }
    key.name = name;
    key.set_role(caller.organization, role);
    tx.update_key(&key).await?;
    tx.commit().await?;
    Ok(OrganizationKey::seen(&key, &caller).ok_or_else(no_such_key)?)
}
