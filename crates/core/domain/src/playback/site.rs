//! Web sites that may show an organization's assets.

use crate::id::{OrganizationId, SiteId};
use crate::problem::Problem;
use crate::time::Timestamp;
use core::fmt;

/// A web site by its host: `example.com`, or every host below it as `*.example.com`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Site {
    host: String,
    below: bool,
}

/// A site that an organization allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedSite {
    /// Its id.
    pub id: SiteId,
    /// Who allows it.
    pub organization: OrganizationId,
    /// As it was given, such as `https://example.com`.
    pub url: String,
    /// Which hosts that means.
    pub site: Site,
    /// Since when.
    pub created: Timestamp,
}

impl Site {
    /// The site that a person names: a host, alone or in an address. Scheme, port and path say nothing about it.
    ///
    /// # Errors
    /// There is no host in it.
    pub fn named(text: &str) -> Result<Self, Problem> {
        let wrong = || {
            let message = "The value must be the host of a web site: `example.com`, `https://example.com`, or `*.example.com` for all below it.";
            Problem::invalid("url", message)
        };
        let host = host(text.trim()).ok_or_else(wrong)?;
        let (host, below) = match host.strip_prefix("*.") {
            Some(host) => (host, true),
            None => (host, false),
        };
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        let is_address = host.starts_with('[') && host.ends_with(']') && host.len() <= 48 && !below;
        let is_name = host.len() <= 253 && host.split('.').all(is_label);
        if is_address || is_name { Ok(Self { host: host.to_ascii_lowercase(), below }) } else { Err(wrong()) }
    }

    /// Whether a page came from it: the value of `Origin` or `Referer` (RFC 6454 clause 7, RFC 9110 clause 10.1.3).
    pub fn covers(&self, origin: &str) -> bool {
        let Some(host) = origin.contains("://").then(|| host(origin)).flatten() else { return false };
        let host = host.to_ascii_lowercase();
        if self.below {
            host.strip_suffix(&self.host).is_some_and(|rest| rest.ends_with('.'))
        } else {
            host == self.host
        }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.below { "*." } else { "" }, self.host)
    }
}

/// The host in an address, without user, port and path.
fn host(address: &str) -> Option<&str> {
    let behind = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = behind.split(['/', '?', '#', '\\']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let host = match place.find(']') {
        Some(end) if place.starts_with('[') => place.get(..=end)?,
        Some(_) => return None,
        None => place.split(':').next()?,
    };
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_covers_the_pages_of_its_host() {
        for (site, covered, others) in [
            (
                "https://Example.com",
                ["https://example.com", "http://example.com:8080/page?x=https://other.example", "https://EXAMPLE.com"],
                ["https://www.example.com", "https://example.com.evil.example", "null"],
            ),
            (
                "*.example.com",
                ["https://www.example.com", "https://a.b.example.com/x", "http://x.example.com:1"],
                ["https://example.com", "https://notexample.com", "https://www.example.com.evil.example"],
            ),
            (
                "http://localhost:5173/app",
                ["http://localhost", "http://localhost:9/", "https://user@localhost/"],
                ["https://localhost@evil.example/", "https://evil.example/localhost", "localhost"],
            ),
            (
                "[2001:db8::1]:443",
                ["https://[2001:db8::1]/", "https://[2001:DB8::1]:8443", "http://[2001:db8::1]"],
                ["https://[2001:db8::2]", "https://[2001:db8::1", "https://evil.example\\@[2001:db8::1]/"],
            ),
        ] {
            let site = Site::named(site).unwrap();
            for origin in covered {
                assert!(site.covers(origin), "{origin} is of {site}");
            }
            for origin in others {
                assert!(!site.covers(origin), "{origin} is not of {site}");
            }
        }
    }

    #[test]
    fn what_names_no_host_is_refused() {
        for text in ["", "https://", "https:///path", "*.", "a..b", "ex ample.com", "*", "*.*.com", "*.[::1]", "<b>"] {
            assert_eq!(Site::named(text).unwrap_err().field.as_deref(), Some("url"), "{text}");
        }
    }
}
