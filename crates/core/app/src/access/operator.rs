//! The operator at the machine itself, who has the store in his hands.

use kinora_domain::KeyId;
use kinora_domain::access::{Caller, Organization, Role};
use uuid::Uuid;

/// The operator, acting for an organization. No key stands behind it: nothing that comes over the network gets one.
pub const fn operator(organization: &Organization) -> Caller {
    Caller { key: KeyId::new(Uuid::nil()), organization: organization.id, role: Role::Admin }
}
