//! Keys and organizations: who acts, for whom, in which role.

mod authenticate;
mod create_key;
mod keyring;
mod list_keys;
mod operator;
mod organization;
mod own_organization;
mod revoke_key;
mod secret;

pub use authenticate::authenticate;
pub use create_key::{NewKey, create_key, install_bootstrap_key};
pub use keyring::{OrganizationKey, add_key, change_key, keys_of_organization, remove_key, see_key};
pub use list_keys::{ListedKey, list_keys};
pub use operator::operator;
pub use organization::{default_organization, existing_organization, named_organization};
pub use own_organization::own_organization;
pub use revoke_key::revoke_key;
