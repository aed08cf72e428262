//! Who may do what: organizations, roles, API keys, and the one table of permissions.

use crate::id::{KeyId, OrganizationId, ProjectId, RoleId};
use crate::problem::{Kind, Problem};
use crate::time::Timestamp;
use uuid::Uuid;

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

    /// The stable id, by which clients name it.
    pub const fn id(self) -> RoleId {
        RoleId::new(Uuid::from_u128(match self {
            Self::Admin => 0x5f0c_9e1a_7d52_4b6e_8a31_c2f4_06d7_b801,
            Self::Editor => 0x5f0c_9e1a_7d52_4b6e_8a31_c2f4_06d7_b802,
            Self::Viewer => 0x5f0c_9e1a_7d52_4b6e_8a31_c2f4_06d7_b803,
        }))
    }

    /// The role of that id.
    pub fn from_id(id: RoleId) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    /// Whether it may everything that the other may.
    pub fn covers(self, other: Self) -> bool {
        Permission::ALL.into_iter().all(|permission| self.may(permission) || !other.may(permission))
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

impl ApiKey {
    /// What it is in that organization; `None` where it opens nothing.
    pub fn role_in(&self, organization: OrganizationId) -> Option<Role> {
        let grant = self.grants.iter().find(|grant| grant.organization == organization);
        grant.filter(|_grant| self.state == KeyState::Active).map(|grant| grant.role)
    }

    /// Whether it acts for others as well.
    pub fn is_shared(&self, organization: OrganizationId) -> bool {
        self.grants.iter().any(|grant| grant.organization != organization)
    }

    /// From now on it is that in the organization for which it acts already.
    pub fn set_role(&mut self, organization: OrganizationId, role: Role) {
        for grant in self.grants.iter_mut().filter(|grant| grant.organization == organization) {
            grant.role = role;
        }
    }

    /// From now on it does not act for that organization; without any other it opens nothing.
    pub fn withdraw(&mut self, organization: OrganizationId, now: Timestamp) {
        if self.is_shared(organization) {
            self.grants.retain(|grant| grant.organization != organization);
        } else {
            self.state = KeyState::Revoked { at: now };
        }
    }
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

impl Caller {
    /// Passes when the caller may everything that the role may: nobody gives or takes more than he has.
    pub fn require_cover(&self, role: Role) -> Result<(), Problem> {
        if self.role.covers(role) {
            return Ok(());
        }
        Err(Problem::new(
            Kind::Forbidden,
            "forbidden",
            format!("The role of this API key (`{}`) is less than `{}`.", self.role.name(), role.name()),
        ))
    }
}

/// The name of a key as it is kept.
///
/// # Errors
/// It is empty or longer than 200 characters.
pub fn key_name(name: &str) -> Result<String, Problem> {
    if name.trim().is_empty() || name.chars().count() > 200 {
        return Err(Problem::invalid("name", "A key needs a name of 1 to 200 characters."));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_covers_itself_and_what_is_less() {
        for (index, role) in Role::ALL.into_iter().enumerate() {
            let caller = Caller { key: KeyId::new(Uuid::nil()), organization: OrganizationId::new(Uuid::nil()), role };
            for (other, less) in Role::ALL.into_iter().enumerate() {
                assert_eq!(role.covers(less), index <= other, "{role:?} {less:?}");
                assert_eq!(caller.require_cover(less).is_ok(), index <= other);
            }
            assert_eq!(Role::from_id(role.id()), Some(role));
        }
        assert_eq!(Role::from_id(RoleId::new(Uuid::nil())), None);
        // Clients keep these: they never change.
        let ids = Role::ALL.map(|role| role.id().to_string());
        assert_eq!(
            ids,
            [
                "5f0c9e1a-7d52-4b6e-8a31-c2f406d7b801",
                "5f0c9e1a-7d52-4b6e-8a31-c2f406d7b802",
                "5f0c9e1a-7d52-4b6e-8a31-c2f406d7b803",
            ],
        );
    }

    #[test]
    fn a_key_is_withdrawn_from_one_organization_and_goes_with_the_last() {
        let (one, two) = (OrganizationId::new(Uuid::from_u128(1)), OrganizationId::new(Uuid::from_u128(2)));
        let mut key = ApiKey {
            id: KeyId::new(Uuid::nil()),
            prefix: String::new(),
            hash: [0; 32],
            name: String::new(),
            grants: vec![
                Grant { organization: one, role: Role::Admin },
                Grant { organization: two, role: Role::Viewer },
            ],
            state: KeyState::Active,
            created: Timestamp::from_millis(0),
        };
        key.set_role(two, Role::Editor);
        assert_eq!((key.role_in(one), key.role_in(two)), (Some(Role::Admin), Some(Role::Editor)));
        key.withdraw(one, Timestamp::from_millis(5));
        assert_eq!((key.role_in(one), key.role_in(two)), (None, Some(Role::Editor)));
        assert_eq!(key.state, KeyState::Active);
        key.withdraw(two, Timestamp::from_millis(7));
        assert_eq!(key.role_in(two), None);
        assert_eq!(key.state, KeyState::Revoked { at: Timestamp::from_millis(7) });
    }

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
