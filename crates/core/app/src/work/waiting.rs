//! Waiting for work without asking all the time.

use crate::app::App;
use core::time::Duration;
use kinora_domain::job::Lane;
use tokio::sync::Notify;

/// Without a call, the queue is looked at this often: for what other processes queued, and for jobs
/// whose wait or lease ended.
const POLL: Duration = Duration::from_secs(1);
/// The first pause after the queue could not be used; it doubles up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(15);

/// Tells this process's workers that a job was queued.
#[derive(Debug, Default)]
pub(crate) struct WorkWaiting {
    quick: Notify,
    prompt: Notify,
    heavy: Notify,
}

impl WorkWaiting {
    /// Wakes a worker of each lane: whoever queued something need not know which it is for.
    pub(crate) fn notify_one(&self) {
        self.quick.notify_one();
        self.prompt.notify_one();
        self.heavy.notify_one();
    }

    /// Wakes one more worker of a lane, after one found something: there may be more than it takes itself.
    pub(super) fn more(&self, lane: Lane) {
        self.of(lane).notify_one();
    }

    const fn of(&self, lane: Lane) -> &Notify {
        match lane {
            Lane::Quick => &self.quick,
            Lane::Prompt => &self.prompt,
            Lane::Heavy => &self.heavy,
        }
    }
}

/// Resolves when there may be work for a lane: at once after this process queued some, else after a
/// second.
pub async fn wait_for_work(app: &App, lane: Lane) {
    tokio::select! {
        () = app.work_waiting.of(lane).notified() => {}
        () = tokio::time::sleep(POLL) => {}
    }
}

/// How long a worker keeps off the queue after it could not be used `failures` times in a row: twice as
/// long each time, of which a random half, so that workers do not come back all at once.
pub fn pause_after(app: &App, failures: u32) -> Duration {
    let mut random = [0];
    app.random.fill(&mut random);
    pause(failures, random[0])
}

fn pause(failures: u32, random: u8) -> Duration {
    let doubled = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST);
    doubled / 2 + doubled / 2 * u32::from(random) / u32::from(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_a_bound_and_are_half_random() {
        let range = |failures| (pause(failures, 0).as_millis(), pause(failures, u8::MAX).as_millis());
        assert_eq!([1, 2, 3].map(range), [(125, 250), (250, 500), (500, 1_000)]);
        assert_eq!([7, 20, u32::MAX].map(range), [(7_500, 15_000); 3]);
    }
}
