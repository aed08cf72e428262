//! The queue as a list and a few loops: what the contract says, without a thought of speed or of SQL.

use kinora_domain::job::{AfterFailure, Beat, Due, JobState, MAX_ATTEMPTS, MAX_BURIALS, NewJob, Work, WorkKind};
use kinora_domain::{HolderId, JobId, LeaseToken, OrganizationId};

#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: JobId,
    pub(crate) organization: OrganizationId,
    pub(crate) work: Work,
    pub(crate) rank: u8,
    pub(crate) state: JobState,
    pub(crate) attempts: u32,
    /// The end of the lease, or the moment.
    pub(crate) due: Option<i64>,
    pub(crate) since: Option<i64>,
    pub(crate) token: Option<LeaseToken>,
    pub(crate) holder: Option<HolderId>,
    pub(crate) canceled: bool,
    pub(crate) join: Option<JobId>,
    pub(crate) outstanding: u32,
    pub(crate) unborn: u32,
}

/// In the order of queueing.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) jobs: Vec<Job>,
}

/// A child whose join does not wait for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused;

impl Model {
    pub(crate) fn get(&mut self, id: JobId) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.id == id)
    }

    fn is_unfinished(&self, work: Work) -> bool {
        self.jobs.iter().any(|job| job.work == work && job.state != JobState::Parked && !job.canceled)
    }

    pub(crate) fn enqueue(&mut self, new: &NewJob, now: i64) -> Result<bool, Refused> {
        if let Some(join) = new.group {
            self.get(join).filter(|join| join.state == JobState::Waiting && join.unborn > 0).ok_or(Refused)?;
        }
        if self.is_unfinished(new.work) {
            return Ok(false);
        }
        if let Some(join) = new.group.and_then(|join| self.get(join)) {
            join.unborn -= 1;
        }
        let (due, since) = match new.due {
            Due::Now => (None, None),
            Due::At(moment) => (Some(moment.millis()), None),
            Due::After(millis) => (Some(now + millis), Some(now)),
        };
        let state = match due {
            _ if new.waits_for > 0 => JobState::Waiting,
            Some(due) if due > now => JobState::Scheduled,
            _ => JobState::Ready,
        };
        self.jobs.push(Job {
            id: new.id,
            organization: new.organization,
            work: new.work,
            rank: new.priority.rank(),
            state,
            attempts: 0,
            due,
            since,
            token: None,
            holder: None,
            canceled: false,
            join: new.group,
            outstanding: new.waits_for,
            unborn: new.waits_for,
        });
        Ok(true)
    }

    /// What time has changed.
    fn settle(&mut self, now: i64) {
        for job in &mut self.jobs {
            if let (JobState::Leased | JobState::Scheduled, Some(since), Some(due)) = (job.state, job.since, job.due)
                && since > now
            {
                (job.since, job.due) = (Some(now), Some(now + due - since));
            }
        }
        let ended = |job: &Job| job.state == JobState::Leased && job.due.is_some_and(|due| due <= now);
        let canceled: Vec<_> = self.jobs.iter().filter(|job| ended(job) && job.canceled).map(|job| job.id).collect();
        for id in canceled {
            self.remove(id);
        }
        for job in &mut self.jobs {
            if ended(job) {
                let parked = job.attempts >= MAX_ATTEMPTS + MAX_BURIALS;
                job.give_back(if parked { JobState::Parked } else { JobState::Ready });
            } else if job.state == JobState::Scheduled && job.due.is_some_and(|due| due <= now) {
                job.give_back(JobState::Ready);
            }
        }
    }

    /// Away without being done: its place in its join is free.
    fn remove(&mut self, id: JobId) {
        let Some(at) = self.jobs.iter().position(|job| job.id == id) else { return };
        let gone = self.jobs.remove(at);
        if let Some(join) = gone.join.and_then(|join| self.get(join))
            && join.state == JobState::Waiting
        {
            join.unborn += 1;
        }
    }

    pub(crate) fn claim(
        &mut self,
        (token, holder): (LeaseToken, HolderId),
        lease_ms: i64,
        kinds: &[WorkKind],
        now: i64,
    ) -> Option<Job> {
        self.settle(now);
        let asked = |job: &&Job| kinds.contains(&job.work.kind());
        let share = |organization: OrganizationId| {
            let leased =
                self.jobs.iter().filter(|job| job.state == JobState::Leased && job.organization == organization);
            leased.filter(asked).count()
        };
        let ready = self.jobs.iter().filter(|job| job.state == JobState::Ready).filter(asked);
        // The first of equals is the one that was queued first.
        let next = ready.min_by_key(|job| (job.rank, share(job.organization)))?.id;
        let job = self.get(next)?;
        job.attempts += 1;
        job.state = JobState::Leased;
        (job.due, job.since) = (Some(now + lease_ms), Some(now));
        (job.token, job.holder) = (Some(token), Some(holder));
        Some(job.clone())
    }

    fn held(&mut self, id: JobId, token: LeaseToken) -> Option<&mut Job> {
        self.get(id).filter(|job| job.state == JobState::Leased && job.token == Some(token))
    }

    pub(crate) fn beat(&mut self, id: JobId, token: LeaseToken, lease_ms: i64, now: i64) -> Beat {
        match self.held(id, token) {
            None => Beat::Lost,
            Some(job) if job.canceled => Beat::Canceled,
            Some(job) => {
                (job.due, job.since) = (Some(now + lease_ms), Some(now));
                Beat::Held
            }
        }
    }

    pub(crate) fn complete(&mut self, id: JobId, token: LeaseToken, now: i64) -> bool {
        let Some(job) = self.held(id, token).filter(|job| !job.canceled) else { return false };
        let join = job.join;
        self.jobs.retain(|job| job.id != id);
        if let Some(join) = join.and_then(|join| self.get(join))
            && join.state == JobState::Waiting
        {
            join.outstanding -= 1;
            if join.outstanding == 0 {
                let later = join.due.is_some_and(|due| due > now);
                join.state = if later { JobState::Scheduled } else { JobState::Ready };
            }
        }
        true
    }

    pub(crate) fn fail(&mut self, id: JobId, token: LeaseToken, after: AfterFailure, now: i64) -> bool {
        let Some(job) = self.held(id, token).filter(|job| !job.canceled) else { return false };
        match after {
            AfterFailure::Park => job.give_back(JobState::Parked),
            AfterFailure::RetryAfter(millis) if millis <= 0 => job.give_back(JobState::Ready),
            AfterFailure::RetryAfter(millis) => {
                job.give_back(JobState::Scheduled);
                (job.due, job.since) = (Some(now + millis), Some(now));
            }
        }
        true
    }

    pub(crate) fn cancel(&mut self, id: JobId) -> bool {
        let Some(job) = self.get(id) else { return false };
        let mut changed = false;
        if job.state == JobState::Leased {
            changed |= !job.canceled;
            job.canceled = true;
        }
        let leased = job.state == JobState::Leased;
        let children: Vec<_> = self.jobs.iter().filter(|job| job.join == Some(id)).map(|job| job.id).collect();
        if !leased {
            self.remove(id);
            changed = true;
        }
        for child in children {
            changed |= self.cancel(child);
        }
        changed
    }

    pub(crate) fn cancel_work(&mut self, work: Work) -> bool {
        let about: Vec<_> = self.jobs.iter().filter(|job| job.work == work).map(|job| job.id).collect();
        let mut any = false;
        for id in about {
            any |= self.cancel(id);
        }
        any
    }

    pub(crate) fn drop_canceled(&mut self, id: JobId, token: LeaseToken) -> bool {
        let canceled = self.held(id, token).is_some_and(|job| job.canceled);
        if canceled {
            self.remove(id);
        }
        canceled
    }

    pub(crate) fn replay(&mut self, id: JobId) -> bool {
        let Some(work) = self.get(id).filter(|job| job.state == JobState::Parked).map(|job| job.work) else {
            return false;
        };
        if self.is_unfinished(work) {
            return false;
        }
        if let Some(job) = self.get(id) {
            job.state = JobState::Ready;
            job.attempts = 0;
        }
        true
    }

    pub(crate) fn release(&mut self, holder: HolderId) -> u64 {
        let mut released = 0;
        for job in self.jobs.iter_mut().filter(|job| job.holder == Some(holder)) {
            (job.due, job.since) = (Some(i64::MIN), None);
            released += 1;
        }
        released
    }
}

impl Job {
    fn give_back(&mut self, state: JobState) {
        self.state = state;
        (self.due, self.since, self.token, self.holder) = (None, None, None, None);
    }
}
