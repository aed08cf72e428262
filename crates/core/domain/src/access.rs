//! Who may do what: organizations, roles, API keys, and the one table of permissions.

use crate::id::{KeyId, OrganizationId, ProjectId};
use crate::problem::{Kind, Problem};
use crate::time::Timestamp;

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name, unique on this server.
    pub name: String,
    /// Where assets go when no project is named.
    pub default_project: ProjectId,
}

/// What a key or user is in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything, keys included.
    Admin,
    /// Media: in, change, out, delete.
    Editor,
    /// Looks only.
    Viewer,
}

impl Role {
    /// Every role, most powerful first.
    pub const ALL: [Self; 3] = [Self::Admin, Self::Editor, Self::Viewer];

    /// The stable lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Viewer => "viewer",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The table: may this role do that?
    pub const fn may(self, permission: Permission) -> bool {
        match (self, permission) {
            (Self::Admin, _) | (_, Permission::ReadMedia) | (Self::Editor, Permission::WriteMedia) => true,
            (Self::Editor | Self::Viewer, Permission::ManageKeys) | (Self::Viewer, Permission::WriteMedia) => false,
        }
    }
}

/// What a use case asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See files and assets.
    ReadMedia,
    /// Upload, create, change and delete files and assets.
    WriteMedia,
    /// See, make and revoke API keys.
    ManageKeys,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 3] = [Self::ReadMedia, Self::WriteMedia, Self::ManageKeys];
}

/// A key acts for an organization in a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// For whom.
    pub organization: OrganizationId,
    /// As what.
    pub role: Role,
}

/// The life of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Opens doors.
    Active,
    /// Opens nothing any more.
    Revoked {
        /// Since when.
        at: Timestamp,
    },
}

/// An API key as it is kept: never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// The first characters of the secret, by which it is looked up and shown.
    pub prefix: String,
    /// SHA-256 of the whole secret. The secret carries 256 random bits, so a slow hash adds nothing.
    pub hash: [u8; 32],
    /// What people call it.
    pub name: String,
    /// Where it may act. The first grant is the one without a choice of organization.
    pub grants: Vec<Grant>,
    /// Whether it still opens anything.
    pub state: KeyState,
    /// When it was made.
    pub created: Timestamp,
}

/// How many characters of a secret are public.
pub const KEY_PREFIX_LENGTH: usize = 12;

/// The public prefix of a key's text, when the text can be a key at all: 32 to 128 URL-safe
/// characters (`A-Z a-z 0-9 - _`).
pub fn key_prefix(secret: &str) -> Option<&str> {
    let plausible = (32..=128).contains(&secret.len())
        && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if plausible { secret.get(..KEY_PREFIX_LENGTH) } else { None }
}

/// Who acts: made once per request, passed to every use case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The key that was shown.
    pub key: KeyId,
    /// The organization acted for.
    pub organization: OrganizationId,
    /// The role there.
    pub role: Role,
}

impl Caller {
    /// Passes when the caller's role has the permission.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.role.may(permission) {
            return Ok(());
        }
        Err(Problem::new(
            Kind::Forbidden,
            "forbidden",
            format!("The role of this API key (`{}`) does not allow this.", self.role.name()),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_permissions() {
        let table = Role::ALL.map(|role| (role.name(), Permission::ALL.map(|permission| role.may(permission))));
        assert_eq!(
            table,
            [("admin", [true, true, true]), ("editor", [true, true, false]), ("viewer", [true, false, false])],
        );
    }

    #[test]
    fn a_key_is_32_to_128_url_safe_characters() {
        let good = "abcdefghijklmnopqrstuvwxyzABCD-_";
        assert_eq!(key_prefix(good), Some("abcdefghijkl"));
        assert_eq!(key_prefix(good.get(1..).unwrap()), None);
        assert_eq!(key_prefix(&"a".repeat(128)), Some("aaaaaaaaaaaa"));
        assert_eq!(key_prefix(&"a".repeat(129)), None);
        assert_eq!(key_prefix("abcdefghijklmnopqrstuvwxyzABCD-/"), None);
        assert_eq!(key_prefix("äbcdefghijklmnopqrstuvwxyzABCD-_"), None);
    }
}
