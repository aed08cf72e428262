//! Where a request shows its key: who is let through, and how often.

use super::bucket::{Bucket, Rate, Standing};
use super::tell::Told;
use crate::http::query::Query;
use crate::http::state::Edge;
use crate::http::{credentials, observe};
use axum::http::request::Parts;
use core::convert::Infallible;
use core::hash::{BuildHasher, Hash};
use kinora_app::Error;
use kinora_app::access::authenticate;
use kinora_domain::access::Caller;
use kinora_domain::{KeyId, Kind, Problem, Timestamp};
use quick_cache::sync::Cache;
use std::collections::hash_map::RandomState;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Keys that open nothing, of one network: room for a program with an old key, not for guessing.
const FAILURES: Rate = Rate { per_second: 1, burst: 100 };
/// Buckets kept of each kind. Beyond it those that are asked for least are forgotten, which fills them.
const BUCKETS: usize = 10_000;

/// The counts of this process.
pub struct Gate {
    keys: Buckets<KeyId>,
    strangers: Buckets<IpAddr>,
    /// Hashes of secrets that opened something lately: with those, failures of neighbors do not matter. No
    /// permission: each is looked up all the same.
    known: Cache<u64, ()>,
    hasher: RandomState,
}

struct Buckets<Key> {
    rate: Rate,
    buckets: Cache<Key, Arc<Mutex<Bucket>>>,
}

impl<Key: Hash + Eq + Clone> Buckets<Key> {
    fn new(rate: Rate) -> Self {
        Self { rate, buckets: Cache::new(BUCKETS) }
    }

    /// What the bucket says, where there is a limit.
    fn ask<T>(&self, key: &Key, now: Timestamp, ask: impl FnOnce(&mut Bucket, Rate) -> T) -> Option<T> {
        if self.rate.per_second == 0 {
            return None;
        }
        let fresh = || Ok::<_, Infallible>(Arc::new(Mutex::new(Bucket::full(self.rate, now))));
        let Ok(bucket) = self.buckets.get_or_insert_with(key, fresh);
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        Some(ask(&mut bucket, self.rate))
    }
}

impl Gate {
    /// A gate that lets each API key through at this rate. Without a limit for keys, there is none for strangers.
    pub fn new(rate: Rate) -> Self {
        let failures = if rate.per_second == 0 { Rate::OFF } else { FAILURES };
        Self {
            keys: Buckets::new(rate),
            strangers: Buckets::new(failures),
            known: Cache::new(BUCKETS),
            hasher: RandomState::new(),
        }
    }

    /// Seconds that somebody has to wait who showed too many keys that open nothing.
    fn barred(&self, network: IpAddr, secret: u64, now: Timestamp) -> Option<u64> {
        let wait = self.strangers.ask(&network, now, |bucket, rate| bucket.wait(rate, now))??;
        self.known.get(&secret).is_none().then_some(wait)
    }

    fn take(&self, key: KeyId, now: Timestamp) -> Option<Standing> {
        self.keys.ask(&key, now, |bucket, rate| bucket.take(rate, now))
    }

    fn failed(&self, network: IpAddr, now: Timestamp) {
        self.strangers.ask(&network, now, |bucket, rate| bucket.take(rate, now));
    }
}

/// The caller of a request.
///
/// # Errors
/// `Unauthenticated`, `NotFound` (the organization); `Limited`: it asks too often.
pub async fn enter(edge: &Edge, parts: &Parts) -> Result<Caller, Error> {
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    let secret = credentials::secret(&parts.headers, &query)?;
    let told = parts.extensions.get::<Told>();
    let (gate, now) = (&edge.gate, edge.app.now());
    let hash = gate.hasher.hash_one(&secret);
    let network = observe::client(edge, parts).map(network);
    if let Some(wait) = network.and_then(|network| gate.barred(network, hash, now)) {
        metrics::counter!("kinora_refused_total", "by" => "address").increment(1);
        tell_of(told, |told| told.wait(wait));
        return Err(limited("too_many_failures", "Too many wrong API keys came from this address; wait.").into());
    }
    match identify(edge, parts, &secret).await {
        Ok(caller) => {
            gate.known.insert(hash, ());
            if let Some(standing) = gate.take(caller.key, now) {
                tell_of(told, |told| told.standing(standing));
                if standing.wait.is_some() {
                    metrics::counter!("kinora_refused_total", "by" => "key").increment(1);
                    return Err(limited("rate_limited", "This API key asks too often; wait.").into());
                }
            }
            Ok(caller)
        }
        Err(error) => {
            if matches!(error.kind(), Kind::Unauthenticated | Kind::NotFound)
                && let Some(network) = network
            {
                gate.failed(network, now);
            }
            Err(error)
        }
    }
}

async fn identify(edge: &Edge, parts: &Parts, secret: &str) -> Result<Caller, Error> {
    // The key first: what a tenant is called is nothing that a stranger may try out.
    let Ok(organization) = credentials::organization(&parts.headers) else {
        authenticate(&edge.app, secret, None).await?;
        return Err(Problem::not_found("organization").into());
    };
    authenticate(&edge.app, secret, organization).await
}

fn tell_of(told: Option<&Told>, tell: impl FnOnce(&Told)) {
    if let Some(told) = told {
        tell(told);
    }
}

fn limited(reason: &'static str, message: &str) -> Problem {
    Problem::new(Kind::Limited, reason, message)
}

/// What one subscriber has: an IPv4 address, or 64 bits of IPv6.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        short @ IpAddr::V4(_) => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_is_an_address_or_64_bits() {
        for (address, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::", "2001:db8:1:2::"),
        ] {
            assert_eq!(network(address.parse().unwrap()), expected.parse::<IpAddr>().unwrap());
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let gate = Gate::new(Rate { per_second: 1, burst: 1 });
        let now = Timestamp::from_millis(0);
        for number in 0..50_000_u32 {
            gate.failed(IpAddr::V4(number.into()), now);
            gate.known.insert(number.into(), ());
        }
        assert!(gate.strangers.buckets.len() <= BUCKETS && gate.known.len() <= BUCKETS);
    }
}
