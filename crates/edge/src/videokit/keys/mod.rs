//! API keys of the tenant, and what it is.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod tenant;
pub(super) mod update;

use kinora_app::access::OrganizationKey;
use kinora_domain::Problem;
use kinora_domain::access::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a key is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ApiKeyInput {
    /// What people call it, 1 to 200 characters.
    #[schema(example = "Web shop")]
    pub name: String,
    /// The id of its role.
    #[schema(example = "5f0c9e1a-7d52-4b6e-8a31-c2f406d7b802")]
    pub role_id: String,
}

impl ApiKeyInput {
    /// The role that it names.
    fn role(&self) -> Result<Role, Problem> {
        let role = self.role_id.parse().ok().and_then(Role::from_id);
        role.ok_or_else(|| {
            let known = Role::ALL.map(|role| format!("`{}` ({})", role.id(), show_role(role)));
            Problem::invalid("roleId", format!("There is no such role; the roles are {}.", known.join(", ")))
        })
    }
}

/// A key; its secret is known to nobody but its holder.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyDetail {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The id of its role.
    pub role_id: String,
}

impl From<OrganizationKey> for ApiKeyDetail {
    fn from(key: OrganizationKey) -> Self {
        Self { id: key.id.to_string(), name: key.name, role_id: key.role.id().to_string() }
    }
}

fn show_role(role: Role) -> &'static str {
    match role {
        Role::Admin => "Admin",
        Role::Editor => "Editor",
        Role::Viewer => "Viewer",
    }
}
