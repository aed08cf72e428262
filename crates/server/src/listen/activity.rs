//! What is going on on a connection that the general stack has.

use super::idle::Idle;
use super::stall::STALLED;
use axum::body::{Body, Bytes};
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use http_body::{Frame, SizeHint};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

/// How often one looks.
const LOOK: Duration = Duration::from_secs(1);

/// Why a connection is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Nobody asks for anything, for too long or while others wait for a place.
    Idle,
    /// The client asked for something, and does not take it.
    Stalled,
}

/// The requests of a connection.
pub(super) struct Activity {
    counts: Mutex<Counts>,
    /// A request begins.
    begun: Notify,
}

#[derive(Debug, Clone, Copy)]
struct Counts {
    /// Requests that have no answer yet.
    handling: usize,
    /// Answers whose bodies are not sent.
    sending: usize,
    /// Those of them that the client would take more of than there is.
    starved: usize,
    /// When any of this changed last.
    since: Instant,
}

/// A request without an answer, until dropped.
pub(super) struct Handling(Arc<Activity>);

/// The body of an answer on its way out.
pub(super) struct Sending {
    body: Body,
    activity: Arc<Activity>,
    is_starved: bool,
}

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        let counts = Counts { handling: 0, sending: 0, starved: 0, since: Instant::now() };
        Arc::new(Self { counts: Mutex::new(counts), begun: Notify::new() })
    }

    /// Takes note of a request.
    pub(super) fn begin(self: &Arc<Self>) -> Handling {
        self.change(|counts| counts.handling = counts.handling.saturating_add(1));
        self.begun.notify_waiters();
        Handling(Arc::clone(self))
    }

    /// Waits until the connection is to end: when it was idle for `most`, or its place is needed, or the client stalls.
    pub(super) async fn end(&self, idle: &Idle, most: Duration) -> End {
        loop {
            sleep(LOOK).await;
            let counts = *self.lock();
            if counts.is_stalled() {
                return End::Stalled;
            }
            if !counts.is_idle() || counts.since.elapsed() < LOOK {
                continue;
            }
            let seat = idle.sit();
            let begun = self.begun.notified();
            // One that began right before it is looked for here is not told.
            if !self.lock().is_idle() {
                continue;
            }
            tokio::select! {
                () = begun => {}
                () = seat.end.cancelled() => return End::Idle,
                () = sleep_until(counts.since + most) => return End::Idle,
            }
        }
    }

    /// Waits until nothing goes on for so long, or the client stalls.
    pub(super) async fn quiet(&self, span: Duration) {
        let begun = Instant::now();
        loop {
            sleep(span).await;
            let counts = *self.lock();
            if counts.is_stalled() || (counts.is_idle() && counts.since.max(begun).elapsed() >= span) {
                return;
            }
        }
    }

    fn change(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.lock();
        change(&mut counts);
        counts.since = Instant::now();
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    const fn is_idle(&self) -> bool {
        self.handling == 0 && self.sending == 0
    }

    /// Whether all that is left is for the client to take, and it did not for too long.
    fn is_stalled(&self) -> bool {
        self.handling == 0 && self.sending > 0 && self.starved == 0 && self.since.elapsed() >= STALLED
    }
}

impl Handling {
    /// The answer is there: what is left is to send its body.
    pub(super) fn answered(self, body: Body) -> Sending {
        let activity = Arc::clone(&self.0);
        activity.change(|counts| counts.sending = counts.sending.saturating_add(1));
        Sending { body, activity, is_starved: false }
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        self.0.change(|counts| counts.handling = counts.handling.saturating_sub(1));
    }
}

impl Sending {
    fn starved(&mut self, is_starved: bool) {
        let was = core::mem::replace(&mut self.is_starved, is_starved);
        self.activity.change(|counts| match (was, is_starved) {
            (false, true) => counts.starved = counts.starved.saturating_add(1),
            (true, false) => counts.starved = counts.starved.saturating_sub(1),
            (true, true) | (false, false) => {}
        });
    }
}

impl http_body::Body for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        self.starved(frame.is_pending());
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.starved(false);
        self.activity.change(|counts| counts.sending = counts.sending.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use futures_util::stream;
    use std::convert::Infallible;

    const MOST: Duration = Duration::from_secs(75);

    /// The whole seconds until a connection ends, and why.
    async fn ends(activity: &Activity, idle: &Idle) -> (u64, End) {
        let begun = Instant::now();
        let end = activity.end(idle, MOST).await;
        (begun.elapsed().as_secs(), end)
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_for_nothing_is_idle_and_makes_room() {
        let (activity, idle) = (Activity::new(), Idle::default());
        assert_eq!(ends(&activity, &idle).await, (75, End::Idle));
        let sending = activity.begin().answered(Body::from("x"));
        assert_eq!(to_bytes(Body::new(sending), 10).await.unwrap(), "x");
        let needed = async {
            sleep(Duration::from_secs(10)).await;
            idle.make_room().await;
        };
        let (ended, ()) = tokio::join!(ends(&activity, &idle), needed);
        assert_eq!(ended, (10, End::Idle));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_an_answer_is_not_idle() {
        let (activity, idle) = (Activity::new(), Idle::default());
        let handling = activity.begin();
        let working = async {
            sleep(Duration::from_mins(10)).await;
            drop(handling);
        };
        let (ended, ()) = tokio::join!(ends(&activity, &idle), working);
        assert_eq!(ended, (675, End::Idle));
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_stalls() {
        let (activity, idle) = (Activity::new(), Idle::default());
        let sending = activity.begin().answered(Body::from("x"));
        assert_eq!(ends(&activity, &idle).await, (60, End::Stalled));
        drop(sending);
        // Who takes all that there is does not.
        let slow = Body::from_stream(stream::once(async {
            sleep(Duration::from_mins(10)).await;
            Ok::<_, Infallible>(Bytes::from_static(b"x"))
        }));
        let body = Body::new(activity.begin().answered(slow));
        let (ended, bytes) = tokio::join!(ends(&activity, &idle), to_bytes(body, 10));
        assert_eq!((ended, bytes.unwrap()), ((675, End::Idle), "x".into()));
    }
}
