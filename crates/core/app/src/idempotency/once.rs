//! A use case that happens once however often it is asked for.

use super::repeat::Repeat;
use super::under_way::Ticket;
use crate::app::App;
use crate::error::Error;
use crate::port::{AnswerId, StoredAnswer, Tx};
use kinora_domain::access::{Caller, Permission};
use kinora_domain::{Kind, Problem, Timestamp};

/// How long an answer is given again, in milliseconds: a day.
pub(super) const KEPT_MS: i64 = 24 * 3_600_000;

/// An answer as an edge writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status, a success.
    pub status: u16,
    /// The whole body. It is stored: what a client may see once only is left out.
    pub body: Vec<u8>,
}

/// What a request gave.
#[derive(Debug)]
pub enum Answered<T> {
    /// It happened now.
    Now(T),
    /// It happened before; this is what was answered.
    Before(Answer),
}

/// What a use case makes, once for each request.
pub trait Made: Send + Sync {
    /// What whoever asks for it needs, also to be given an earlier answer again.
    const NEEDS: Permission;
}

/// Writes the answer that is stored about what was made.
pub type Show<'show, T> = Box<dyn Fn(&T) -> Result<Answer, Problem> + Send + Sync + 'show>;

/// The right to make something once. Goes into the use case, which uses it up in its transaction.
pub struct Once<'show, T> {
    kept: Option<Kept<'show, T>>,
}

struct Kept<'show, T> {
    id: AnswerId,
    fingerprint: [u8; 32],
    now: Timestamp,
    show: Show<'show, T>,
    /// Gives its place back when it is over.
    _ticket: Ticket,
}

impl<T: Made> Once<'_, T> {
    /// For a request that says nothing about coming again.
    pub const fn unrepeated() -> Self {
        Self { kept: None }
    }

    /// Stores the answer about what was made, in the transaction that makes it; right before the commit.
    ///
    /// # Errors
    /// Another process was quicker with the same word: then nothing may be committed.
    pub(crate) async fn keep(&self, tx: &mut dyn Tx, made: &T) -> Result<(), Error> {
        let Some(kept) = &self.kept else { return Ok(()) };
        let Answer { status, body } = (kept.show)(made)?;
        let (id, fingerprint, created) = (kept.id.clone(), kept.fingerprint, kept.now);
        let answer = StoredAnswer { id, fingerprint, status, body, created };
        if tx.put_answer(&answer, created.plus_millis(-KEPT_MS)).await? {
            return Ok(());
        }
        // Its answer is there the next time.
        Err(under_way().into())
    }
}

/// Lets `act` happen once: for a request that has a word (`repeat`) and was answered within a day, that answer is
/// given again.
///
/// # Errors
/// The permission is lacking; `KeyReused`: the word stands for another request; `UnderWay`: the same request is
/// being served; those of the use case.
pub async fn idempotent<'show, T, Acting>(
    app: &App,
    caller: &Caller,
    repeat: Option<Repeat>,
    show: Show<'show, T>,
    act: impl FnOnce(Once<'show, T>) -> Acting,
) -> Result<Answered<T>, Error>
where
    T: Made,
    Acting: Future<Output = Result<T, Error>>,
{
    caller.require(T::NEEDS)?;
    let Some(Repeat { word, fingerprint }) = repeat else {
        return act(Once::unrepeated()).await.map(Answered::Now);
    };
    let id = AnswerId { key: caller.key, organization: caller.organization, word };
    // First the place, then the look: whoever had the place before has committed by then.
    let ticket = app.under_way.enter(&id, fingerprint)?;
    let now = app.clock.now();
    let before = app.store.read().await?.answer(&id).await?;
    match before.filter(|answer| answer.created >= now.plus_millis(-KEPT_MS)) {
        Some(answer) if answer.fingerprint == fingerprint => {
            Ok(Answered::Before(Answer { status: answer.status, body: answer.body }))
        }
        Some(_another) => Err(reused().into()),
        None => {
            let kept = Kept { id, fingerprint, now, show, _ticket: ticket };
            act(Once { kept: Some(kept) }).await.map(Answered::Now)
        }
    }
}

pub(super) fn under_way() -> Problem {
    let message = "The same request with this idempotency key is being served; its answer will be there in a moment.";
    Problem {
        field: Some("Idempotency-Key".to_owned()),
        ..Problem::new(Kind::UnderWay, "idempotency_in_progress", message)
    }
}

pub(super) fn reused() -> Problem {
    let message = "This idempotency key was used for another request; use a new one for each, and the same one only \
                   to send the very same request again.";
    Problem {
        field: Some("Idempotency-Key".to_owned()),
        ..Problem::new(Kind::KeyReused, "idempotency_key_reused", message)
    }
}
