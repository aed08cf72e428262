//! How fast media go out: in total, and to each network. Off unless the operator says so.

use crate::http::limit::network;
use axum::body::Body;
use bytes::Bytes;
use core::convert::Infallible;
use core::num::NonZeroU64;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use http_body::{Frame, SizeHint};
use quick_cache::sync::Cache;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::{Instant, Sleep, sleep};

/// Networks remembered; those that ask for least are forgotten first, and begin anew.
const NETWORKS: usize = 10_000;
/// So much of what it carries in a second a line carries at once after it was idle.
const BURST: Duration = Duration::from_secs(1);

/// Bytes a second; none means as fast as it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EgressRate {
    /// To everybody together.
    pub total: Option<NonZeroU64>,
    /// To each address (of IPv6: each 64 bits).
    pub each: Option<NonZeroU64>,
}

/// Something that carries so many bytes a second.
struct Line {
    rate: NonZeroU64,
    /// When it has carried all that it was given.
    free: Mutex<Instant>,
}

impl Line {
    fn new(rate: NonZeroU64, now: Instant) -> Self {
        Self { rate, free: Mutex::new(now.checked_sub(BURST).unwrap_or(now)) }
    }

    /// Takes bytes; how long from now until it will have carried them.
    fn take(&self, bytes: u64, now: Instant) -> Duration {
        let nanos = u128::from(bytes) * 1_000_000_000 / u128::from(self.rate.get());
        let needed = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = (*free).max(now.checked_sub(BURST).unwrap_or(now));
        *free = begin.checked_add(needed).unwrap_or(begin);
        free.saturating_duration_since(now)
    }
}

/// The lines of this process.
pub struct Egress {
    total: Option<Line>,
    each: Option<(NonZeroU64, Cache<IpAddr, Arc<Line>>)>,
}

impl Egress {
    /// Lines of these rates; nothing where there is no limit.
    pub fn new(rate: EgressRate) -> Option<Arc<Self>> {
        if rate == EgressRate::default() {
            return None;
        }
        let total = rate.total.map(|rate| Line::new(rate, Instant::now()));
        let each = rate.each.map(|rate| (rate, Cache::new(NETWORKS)));
        Some(Arc::new(Self { total, each }))
    }
}

/// The lines that lead to one viewer.
pub struct Pace {
    egress: Arc<Egress>,
    own: Option<Arc<Line>>,
}

impl Pace {
    /// Those to an address. Who cannot be told from others has the line of all.
    pub fn to(egress: &Arc<Egress>, address: Option<IpAddr>) -> Self {
        let own = egress.each.as_ref().zip(address).map(|((rate, lines), address)| {
            let fresh = || Ok::<_, Infallible>(Arc::new(Line::new(*rate, Instant::now())));
            let Ok(line) = lines.get_or_insert_with(&network(address), fresh);
            line
        });
        Self { egress: Arc::clone(egress), own }
    }

    /// How long to wait behind so many bytes before more are sent.
    pub fn take(&self, bytes: u64) -> Duration {
        let now = Instant::now();
        let lines = self.egress.total.iter().chain(self.own.as_deref());
        lines.map(|line| line.take(bytes, now)).max().unwrap_or_default()
    }

    fn pause(&self, bytes: u64) -> Option<Pin<Box<Sleep>>> {
        Some(self.take(bytes)).filter(|wait| !wait.is_zero()).map(|wait| Box::pin(sleep(wait)))
    }

    /// A body that goes out at this pace.
    pub(crate) fn body(self, body: Body) -> Body {
        // What others were sent before is waited for as well.
        let pause = self.pause(0);
        Body::new(Paced { body, pace: self, pause })
    }
}

struct Paced {
    body: Body,
    pace: Pace,
    pause: Option<Pin<Box<Sleep>>>,
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame
            && let Some(bytes) = frame.data_ref()
        {
            self.pause = self.pace.pause(bytes.len() as u64);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(bytes: u64) -> Option<NonZeroU64> {
        NonZeroU64::new(bytes)
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_carries_a_second_at_once_and_then_its_rate() {
        let line = Line::new(rate(1_000).unwrap(), Instant::now());
        for (bytes, wait) in [(600, 0), (400, 0), (500, 500), (250, 750), (0, 750)] {
            assert_eq!(line.take(bytes, Instant::now()), Duration::from_millis(wait), "{bytes}");
        }
        sleep(Duration::from_mins(1)).await;
        assert_eq!(line.take(1_000, Instant::now()), Duration::ZERO, "no more than a second is saved");
        assert_eq!(line.take(1_000, Instant::now()), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn each_network_has_a_line_beside_that_of_all() {
        assert!(Egress::new(EgressRate::default()).is_none());
        let egress = Egress::new(EgressRate { total: rate(10_000), each: rate(1_000) }).unwrap();
        let to = |address: &str| Pace::to(&egress, Some(address.parse().unwrap()));
        assert_eq!(to("192.0.2.1").take(3_000), Duration::from_secs(2));
        assert_eq!(to("192.0.2.2").take(1_000), Duration::ZERO);
        assert_eq!(to("2001:db8::1").take(1_500), Duration::from_millis(500));
        assert_eq!(to("2001:db8::2").take(500), Duration::from_secs(1), "the same network");
        assert_eq!(to("192.0.2.1").take(0), Duration::from_secs(2), "it is remembered");
        assert_eq!(Pace::to(&egress, None).take(14_000), Duration::from_secs(1), "all of it together");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_takes_its_time() {
        let egress = Egress::new(EgressRate { total: rate(1_000), each: None }).unwrap();
        let pieces = [1_000, 1_000, 500].map(|len| Ok::<_, Infallible>(Bytes::from(vec![0; len])));
        let body = Pace::to(&egress, None).body(Body::from_stream(futures_util::stream::iter(pieces)));
        let begun = Instant::now();
        assert_eq!(axum::body::to_bytes(body, 10_000).await.unwrap().len(), 2_500);
        assert_eq!(begun.elapsed().as_millis(), 1_500);
        let next = Pace::to(&egress, None).body(Body::from(vec![0; 500]));
        assert_eq!(axum::body::to_bytes(next, 10_000).await.unwrap().len(), 500);
        let last = Pace::to(&egress, None).body(Body::from("x"));
        assert_eq!(axum::body::to_bytes(last, 10_000).await.unwrap().len(), 1);
        // Timers go off within a millisecond.
        assert!((2_000..2_005).contains(&begun.elapsed().as_millis()), "what one was sent holds up the next");
    }
}
