//! Who makes pictures: each once, however many ask at the same time, and only so many at a time.

use super::kept::Made;
use crate::error::Error;
use kinora_domain::{AssetId, Kind, Problem};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

/// Pictures that may wait for each one that is made. One takes a fraction of a second.
const WAITING: u32 = 16;

/// What is made, by its name in an asset.
type Name = (AssetId, String);

/// What came of it.
type Outcome = Result<Made, Problem>;

/// Pictures that are being made.
pub(crate) struct Studio {
    under_way: Mutex<HashMap<Name, Arc<OnceCell<Outcome>>>>,
    /// Those that programs work on.
    places: Semaphore,
    /// The same, and those that wait for it.
    room: Semaphore,
}

impl Studio {
    /// Makes so many at a time.
    pub(crate) fn new(at_a_time: u32) -> Self {
        let permits =
            |count: u32| Semaphore::new(usize::try_from(count).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS));
        Self {
            under_way: Mutex::default(),
            places: permits(at_a_time.max(1)),
            room: permits(at_a_time.max(1).saturating_mul(1 + WAITING)),
        }
    }

    /// What `make` gives, or what it gives to whoever was first to ask for that name. All who ask while it is made get the
    /// same, failures too. When the first goes away before the end, another begins anew.
    pub(super) async fn once(
        &self,
        name: Name,
        make: impl Future<Output = Result<Made, Error>>,
    ) -> Result<Made, Error> {
        let asked = self.ask(name);
        let mut failure = None;
        let begin = async {
            make.await.map_err(|error| {
                let problem = error.problem().clone();
                failure = Some(error);
                problem
            })
        };
        let made = asked.cell.get_or_init(|| begin).await.clone();
        // Whoever made it knows the cause as well.
        made.map_err(|problem| failure.take().unwrap_or_else(|| problem.into()))
    }

    fn ask(&self, name: Name) -> Asked<'_> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = Arc::clone(under_way.entry(name.clone()).or_default());
        Asked { studio: self, name, cell }
    }

    /// A place to work in; waits for one.
    ///
    /// # Errors
    /// `Unavailable`: too many wait already.
    pub(super) async fn place(&self) -> Result<Place<'_>, Error> {
        let message = "This server makes as many pictures as it can at the moment; try again in a few seconds.";
        let busy = || Problem::new(Kind::Unavailable, "busy", message);
        let room = self.room.try_acquire().map_err(|full| Error::caused(busy(), full))?;
        let place = self.places.acquire().await.map_err(|closed| Error::caused(busy(), closed))?;
        Ok(Place { _place: place, _room: room })
    }
}

/// A place to work in, until dropped.
pub(super) struct Place<'studio> {
    _place: SemaphorePermit<'studio>,
    _room: SemaphorePermit<'studio>,
}

/// Somebody who asked for a picture, until dropped.
struct Asked<'studio> {
    studio: &'studio Studio,
    name: Name,
    cell: Arc<OnceCell<Outcome>>,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        let mut under_way = self.studio.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's, and this one.
        let is_last = Arc::strong_count(&self.cell) <= 2;
        let is_it = under_way.get(&self.name).is_some_and(|cell| Arc::ptr_eq(cell, &self.cell));
        // Whoever comes later finds what is kept.
        if is_it && (is_last || self.cell.initialized()) {
            under_way.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::{AtomicUsize, Ordering};
    use futures_util::FutureExt as _;
    use futures_util::future::join_all;
    use tokio::sync::Notify;
    use uuid::Uuid;

    fn name(text: &str) -> Name {
        (AssetId::new(Uuid::nil()), text.to_owned())
    }

    fn broken() -> Error {
        Error::caused(Problem::new(Kind::UnreadableMedia, "broken", "It is broken."), std::io::Error::other("why"))
    }

    #[tokio::test]
    async fn a_failure_is_that_of_all_who_asked_and_of_nobody_later() {
        let (studio, begun, told) = (Studio::new(1), AtomicUsize::new(0), Notify::new());
        let fail = async || {
            begun.fetch_add(1, Ordering::SeqCst);
            told.notified().await;
            Err(broken())
        };
        let all = join_all((0..10).map(|_| studio.once(name("a"), fail())));
        let mut all = core::pin::pin!(all);
        assert!(all.as_mut().now_or_never().is_none());
        told.notify_one();
        let failures: Vec<Error> = all.await.into_iter().map(|outcome| outcome.err().unwrap()).collect();
        assert_eq!(begun.load(Ordering::SeqCst), 1);
        assert!(failures.iter().all(|error| error.problem().reason == "broken"));
        let causes = failures.iter().filter(|error| core::error::Error::source(*error).is_some()).count();
        assert_eq!(causes, 1, "the cause is logged once");
        told.notify_one();
        assert!(studio.once(name("a"), fail()).await.is_err());
        assert_eq!(begun.load(Ordering::SeqCst), 2);
        assert!(studio.under_way.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_the_first_gave_up_the_next_begins_anew() {
        let studio = Studio::new(1);
        {
            let mut first = core::pin::pin!(studio.once(name("a"), core::future::pending()));
            let second = studio.once(name("a"), async { Err(broken()) });
            let mut second = core::pin::pin!(second);
            assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
            assert_eq!(studio.under_way.lock().unwrap().len(), 1);
        }
        assert!(studio.under_way.lock().unwrap().is_empty(), "nobody waits any more");
        let mut first = Box::pin(studio.once(name("a"), core::future::pending()));
        let mut second = Box::pin(studio.once(name("a"), async { Err(broken()) }));
        assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
        drop(first);
        assert!(second.await.is_err(), "it was the second one's turn");
        // Others do not wait for it.
        assert!(studio.once(name("b"), async { Err(broken()) }).await.is_err());
    }

    #[tokio::test]
    async fn there_is_room_for_so_many_and_no_more() {
        let studio = Studio::new(2);
        let mut at_work = vec![studio.place().await.ok(), studio.place().await.ok()];
        let mut waiting: Vec<_> = (0..32).map(|_| Box::pin(studio.place())).collect();
        assert!(waiting.iter_mut().all(|waiting| waiting.as_mut().now_or_never().is_none()));
        let busy = studio.place().now_or_never().unwrap().err().unwrap();
        assert_eq!((busy.kind(), busy.problem().reason), (Kind::Unavailable, "busy"));
        at_work.pop();
        let next = waiting.remove(0).now_or_never().unwrap();
        assert!(next.is_ok(), "the first that waited");
        assert!(studio.place().now_or_never().is_none(), "there is room again");
    }
}
