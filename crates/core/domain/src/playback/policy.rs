//! Whether viewers need a token.

/// What an organization asks of viewers of its assets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TokenPolicy {
    /// Whoever knows the address of an asset may fetch what it plays.
    #[default]
    Open,
    /// Only who shows a playback token for it.
    Required,
}

/// What an asset asks of its viewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AssetPolicy {
    /// What its organization asks.
    #[default]
    Inherit,
    /// Nothing, whatever the organization asks.
    Open,
    /// A token, whatever the organization asks.
    Required,
}

impl TokenPolicy {
    /// Every policy.
    pub const ALL: [Self; 2] = [Self::Open, Self::Required];

    /// The stable lower-case name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Required => "required",
        }
    }

    /// The policy of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

impl AssetPolicy {
    /// Every policy.
    pub const ALL: [Self; 3] = [Self::Inherit, Self::Open, Self::Required];

    /// The stable lower-case name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inherit => "inherit",
            Self::Open => "open",
            Self::Required => "required",
        }
    }

    /// The policy of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// What holds for an asset of an organization.
    pub const fn within(self, organization: TokenPolicy) -> TokenPolicy {
        match self {
            Self::Inherit => organization,
            Self::Open => TokenPolicy::Open,
            Self::Required => TokenPolicy::Required,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_says_more_than_its_organization() {
        use TokenPolicy::{Open, Required};
        let table = AssetPolicy::ALL.map(|asset| [asset.within(Open), asset.within(Required)]);
        assert_eq!(table, [[Open, Required], [Open, Open], [Required, Required]]);
        assert!(AssetPolicy::ALL.iter().all(|policy| AssetPolicy::from_name(policy.name()) == Some(*policy)));
        assert!(TokenPolicy::ALL.iter().all(|policy| TokenPolicy::from_name(policy.name()) == Some(*policy)));
    }
}
